// What the features may take from here. Not in it: code.
export { AppProvider, useReopen, useSession, useStartup } from "./context";
export { createSession, type Session } from "./session";
