//! The window's three languages, as they are chosen in the settings.
//! Not in it: that every sentence is in every table, and that no text is hard-coded; a pseudo-language in the UI's tests finds that.

use anyhow::Result;
use serde_json::json;
use session_keeper_e2e::{Page, Setting, play};

/// A language as the settings name it.
struct Language {
    name: &'static str,
    dir: &'static str,
    /// By which rules it writes dates.
    locale: &'static str,
    home: &'static str,
    now: &'static str,
}

const LANGUAGES: [Language; 3] = [
    Language { name: "de", dir: "ltr", locale: "de", home: "Start", now: "gerade eben" },
    Language { name: "ar", dir: "rtl", locale: "ar-u-nu-latn", home: "الرئيسية", now: "الآن" },
    Language { name: "en", dir: "ltr", locale: "en", home: "Home", now: "just now" },
];

/// Each takes effect at once, direction and dates too, and is there from the first moment after a restart.
#[test]
fn english_german_and_arabic_take_effect_at_once_with_their_dates_and_survive_a_restart() -> Result<()> {
    play(&Setting::default(), async |rig| {
        rig.page()?.sign_in().await?;
        for language in &LANGUAGES {
            let page = rig.page()?;
            page.go_to("settings").await?;
            page.eval("document.querySelector('[data-testid=\"settings-view\"]').stayed = true; return true")
                .await?;
            page.click(&format!("language-{}", language.name)).await?;
            page.reads("nav-home", language.home).await?;
            stands(page, language).await?;
            let stayed = "return document.querySelector('[data-testid=\"settings-view\"]').stayed === true";
            assert_eq!(page.eval(stayed).await?, true, "the view was begun anew");
            page.go_to("home").await?;
            dates_are_of(page, language).await?;

            rig.keeps_route("/home").await?;
            rig.restart().await?;
            let page = rig.page()?;
            page.shows("home-view").await?;
            assert_eq!(page.text("nav-home").await?, language.home, "after a restart");
            stands(page, language).await?;
            dates_are_of(page, language).await?;
        }
        Ok(())
    })
}

/// The page says which language it is in, and its sidebar stands where its lines begin.
async fn stands(page: &Page, language: &Language) -> Result<()> {
    let side = "
        const root = document.documentElement;
        const left = (query) => document.querySelector(query).getBoundingClientRect().left;
        return [root.lang, root.dir, left('.side') > left('main') ? 'rtl' : 'ltr', getComputedStyle(document.querySelector('h1')).direction];";
    assert_eq!(page.eval(side).await?, json!([language.name, language.dir, language.dir, language.dir]));
    Ok(())
}

/// Every date on the home view is one that `Intl` writes in this language, or its word for now.
async fn dates_are_of(page: &Page, language: &Language) -> Result<()> {
    page.shows("home-view time").await?;
    let strange = page
        .eval(&format!(
            "const relative = new Intl.RelativeTimeFormat({}, {{ numeric: 'auto' }});
             const known = new Set([{}]);
             for (const unit of ['minute', 'hour', 'day', 'week', 'month', 'year'])
                 for (let count = -60; count <= 60; count += 1) known.add(relative.format(count, unit));
             const dates = [...document.querySelectorAll('[data-testid=\"home-view\"] time')].map((time) => time.innerText.trim());
             return {{ strange: dates.filter((date) => !known.has(date)), dates: dates.length, different: new Set(dates).size }}",
            json!(language.locale),
            json!(language.now)
        ))
        .await?;
    assert_eq!(strange["strange"], json!([]), "{}", language.name);
    let many = |name: &str| strange[name].as_u64().is_some_and(|count| count > 2);
    assert!(many("dates") && many("different"), "{strange}");
    Ok(())
}
