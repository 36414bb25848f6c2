// The first line the window runs. Not in it: anything but the mounting.
import "./styles/index.css";
