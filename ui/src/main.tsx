// The first line the window runs. Not in it: anything but the mounting.
import "./styles/index.css";
import { boot } from "./boot";

const root = document.getElementById("root");
if (root) void boot(root);
