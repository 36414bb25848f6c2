// The sidebar: where one can go, the conditions that last, who is signed in and how the session is.
// Not in it: the banners' words (Banners) and the sign-out itself (SignOut).
import { A } from "@solidjs/router";
import { House, Settings, User } from "lucide";
import { For } from "solid-js";
import { Icon } from "../../components/Icon";
import { Mark } from "../../components/Mark";
import { text } from "../../text";
import { Account } from "./Account";
import { Banners } from "./Banners";
import { DevToggle } from "./DevToggle";
import "./Sidebar.css";

// The table of routes lives in router.tsx, which imports this frame: the links name their paths themselves.
const links = [
  { name: "home", path: "/home", icon: House },
  { name: "profile", path: "/profile", icon: User },
  { name: "settings", path: "/settings", icon: Settings },
] as const;

export function Sidebar() {
  return (
    <header class="side">
      <div class="side-row">
        <div class="side-brand">
          <Mark size={24} />
          <span>{text.app()}</span>
        </div>
        <nav class="side-nav" aria-label={text.nav.label()}>
          <For each={links}>
            {(link) => (
              <A class="side-link" activeClass="side-link-active" href={link.path} draggable={false} data-testid={`nav-${link.name}`}>
                <Icon of={link.icon} />
                <span>{text.nav[link.name]()}</span>
              </A>
            )}
          </For>
        </nav>
      </div>
      <Banners />
      <div class="side-end">
        <DevToggle />
        <Account />
      </div>
    </header>
  );
}
