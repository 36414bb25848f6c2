//! Letters of twice their size (WCAG 1.4.4), and a window as narrow as it can be: all text is whole, or a scroll away, and nothing lies over it.
//! Not in it: what is looked for (`session_keeper_e2e`'s `letters` and `axe`), and every state of a view (`access`).

use anyhow::{Context, Result};
use serde_json::json;
use session_keeper_e2e::{ACCOUNT, MAIN_WINDOW, PANEL_WINDOW, Page, Rig, Setting, Stands, play};

/// The timer leaves the refresh to the calls.
const BY_CALLS: Setting =
    Setting { embedded: true, config: "[policy]\nrefresh_ahead = false\n", ..Setting::USUAL };

/// As narrow as the windows can be.
const NARROW: u32 = 480;

/// What was looked at and is not as it should be.
#[derive(Default)]
struct Looks {
    states: usize,
    trouble: Vec<String>,
}

impl Looks {
    /// Looks for text that cannot be read whole, and for what axe finds.
    async fn at(&mut self, page: &Page, state: &str) -> Result<()> {
        let mut found = page.cramped().await.with_context(|| state.to_owned())?;
        found.extend(page.barriers().await.with_context(|| state.to_owned())?);
        self.trouble.extend(found.into_iter().map(|what| format!("{state}: {what}")));
        self.states += 1;
        Ok(())
    }

    fn none(self, states: usize) {
        assert_eq!(self.trouble, [""; 0], "{} places", self.trouble.len());
        assert_eq!(self.states, states);
    }
}

/// WCAG 1.4.4: the views around the panel.
#[test]
fn every_view_is_read_whole_in_letters_of_twice_the_size() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        let mut looks = Looks::default();
        page.enlarge(200).await?;
        page.submit_login(ACCOUNT.0, "difference-engine").await?;
        page.shows("login-error").await?;
        looks.at(page, "login, a wrong password").await?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        looks.at(page, "home").await?;
        for (view, sign) in [("profile", "profile-field"), ("settings", "settings-preset")] {
            page.go_to(view).await?;
            page.shows(sign).await?;
            looks.at(page, view).await?;
        }
        page.click("sign-out").await?;
        page.shows("sign-out-confirm").await?;
        looks.at(page, "signing out").await?;
        looks.none(5);
        Ok(())
    })
}

/// WCAG 1.4.4: below the page, each of the panel's sections, and while refreshes fail.
#[test]
fn every_section_of_the_panel_is_read_whole_in_letters_of_twice_the_size() -> Result<()> {
    play(&BY_CALLS, async |rig| {
        let page = rig.page()?;
        let mut looks = Looks::default();
        busy(page).await?;
        page.enlarge(200).await?;
        sections(page, &mut looks).await?;
        page.click("dev-tab[data-tab=\"token\"]").await?;
        page.flip("refresh-503", true).await?;
        page.click("refresh-now").await?;
        page.root_becomes("session", &["degraded"]).await?;
        looks.at(page, "while refreshes fail").await?;
        looks.none(6);
        Ok(())
    })
}

/// WCAG 1.4.4: the same in a window of its own, in dark colours, as large as it is at first; and there the legend has room with any letters.
#[test]
fn every_section_in_the_panels_own_window_is_read_whole_in_letters_of_twice_the_size() -> Result<()> {
    play(&BY_CALLS, async |rig| {
        let page = rig.page()?;
        busy(page).await?;
        page.click("dev-detach").await?;
        rig.window_opens(PANEL_WINDOW).await?;
        rig.in_panel(async |panel| {
            let mut looks = Looks::default();
            panel.paint("dark").await?;
            panel.shows("event-row").await?;
            panel.shows("waterfall-legend").await?;
            looks.at(panel, "letters of the usual size").await?;
            panel.enlarge(200).await?;
            panel.shows("waterfall-legend").await?;
            sections(panel, &mut looks).await?;
            looks.none(6);
            Ok(())
        })
        .await
    })
}

/// In a window of 480 pixels the app's head is one row, and no count of the panel's is cut.
#[test]
fn in_a_narrow_window_both_heads_are_whole_and_the_apps_is_one_row() -> Result<()> {
    play(&BY_CALLS, async |rig| {
        let page = rig.page()?;
        let mut looks = Looks::default();
        busy(page).await?;
        narrow(rig).await?;
        let row = "const middle = (name) => {
                 const { top, bottom } = document.querySelector(`[data-testid=\"${name}\"]`).getBoundingClientRect();
                 return (top + bottom) / 2;
             };
             return ['dev-toggle', 'session-status', 'sign-out'].every((name) => Math.abs(middle(name) - middle('nav-home')) < 4)";
        assert_eq!(page.eval(row).await?, true, "the app's head is more than one row");
        page.flip("slow-refresh", true).await?; // and a word on that in the panel's head
        sections(page, &mut looks).await?;
        looks.none(5);
        Ok(())
    })
}

/// In a window of 480 pixels the word on failing refreshes comes and goes without moving anything of the page, and leaves it room.
#[test]
fn in_a_narrow_window_a_banner_moves_nothing_and_leaves_the_page_in_sight() -> Result<()> {
    play(&BY_CALLS, async |rig| {
        let page = rig.page()?;
        busy(page).await?;
        narrow(rig).await?;
        let places = "return ['nav-home', 'sign-out', 'call-row', 'calls-count'].map((name) => {
                 const { top, left, width } = document.querySelector(`[data-testid=\"${name}\"]`).getBoundingClientRect();
                 return [top, left, width].map(Math.round);
             })";
        let before = page.eval(places).await?;
        page.flip("refresh-503", true).await?;
        page.click("refresh-now").await?;
        page.root_becomes("session", &["degraded"]).await?;
        page.shows("banner").await?;
        assert_eq!(page.eval(places).await?, before, "the page moved as the banner came");
        let stand = "const box = (query) => document.querySelector(query).getBoundingClientRect();
             const [view, main, banner] = ['.window-view', 'main', '[data-testid=\"banner\"]'].map(box);
             return main.height >= 100 && main.bottom <= banner.top && banner.bottom <= view.bottom";
        assert_eq!(page.eval(stand).await?, true, "the banner is not whole below the page");
        page.flip("refresh-503", false).await?;
        page.click("retry-now").await?; // the timer leaves it to the calls
        page.gone("banner").await?;
        assert_eq!(page.eval(places).await?, before, "the page moved as the banner went");
        Ok(())
    })
}

/// The main window, as narrow as it can be.
async fn narrow(rig: &Rig) -> Result<()> {
    let stands = rig.window_opens(MAIN_WINDOW).await?;
    rig.place_window(MAIN_WINDOW, Stands { width: NARROW, ..stands }).await?;
    let page = rig.page()?;
    page.until("the page to be narrow", &format!("return innerWidth === {NARROW}")).await.map(drop)
}

/// Signed in, the panel open, and six calls that waited for a refresh.
async fn busy(page: &Page) -> Result<()> {
    page.sign_in().await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.open_dev_panel().await?;
    page.click("waterfall-clear").await?; // half a second later the first five would not stand there either
    page.flip("expire-access", true).await?;
    page.fire(6).await?;
    page.counts("lane[data-phase=\"done\"]", 6).await?;
    page.counts("refresh-bar", 1).await
}

/// The three sheets, a call's card, and the table, of which the calls stay in sight while it is scrolled.
async fn sections(page: &Page, looks: &mut Looks) -> Result<()> {
    for sheet in ["token", "profile", "scenarios"] {
        page.click(&format!("dev-tab[data-tab=\"{sheet}\"]")).await?;
        page.shows(&format!("dev-tab[data-tab=\"{sheet}\"][aria-selected=\"true\"]")).await?;
        looks.at(page, sheet).await?;
    }
    page.eval("document.querySelector('[data-testid=\"lane\"]').focus(); return true").await?;
    page.shows("waterfall-card").await?;
    looks.at(page, "a call's card").await?;
    page.click("waterfall-as-table").await?;
    page.shows("waterfall-table").await?;
    looks.at(page, "the table").await?;
    let stays = "const table = document.querySelector('[data-testid=\"waterfall-table\"]');
         const left = (element) => Math.round(element.getBoundingClientRect().left);
         const call = table.tBodies[0].querySelector('th');
         const before = left(call);
         table.parentElement.scrollLeft = 100_000;
         const seen = [left(call) - before, left(call) - left(table.parentElement)];
         table.parentElement.scrollLeft = 0;
         return seen";
    assert_eq!(page.eval(stays).await?, json!([0, 0]), "the calls leave with the table");
    page.click("waterfall-as-table").await
}
