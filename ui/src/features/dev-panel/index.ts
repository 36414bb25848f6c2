// What the frame may take from here. Not in it: code.
export { default } from "./DevPanel";
