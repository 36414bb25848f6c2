//! What is seen and done in the app's window, by the stable handles (`data-testid`) of its UI.
//! Not in it: starting the app (`rig.rs`); and no pauses: everything waits for a condition, with a deadline.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::{By, Key, WebDriver};

/// How long a condition may take. Generous: a deadline met late is slow, a deadline too short is a false alarm.
const PATIENCE: Duration = Duration::from_secs(20);

/// The app's page. A handle is a `data-testid`, with a rest in CSS if need be: `call-row[data-status="ok"]`.
#[derive(Debug)]
pub struct Page {
    pub(crate) driver: WebDriver,
}

impl Page {
    pub(crate) async fn open(driver: WebDriver) -> Result<Self> {
        driver.set_script_timeout(PATIENCE + Duration::from_secs(10)).await?;
        let page = Self { driver };
        // From its first value on, every route is noted: a view that only flashes is seen too.
        page.until(
            "the app's root element",
            "const root = document.querySelector('[data-route]');
             if (!root) return false;
             window.routesSeen = [root.dataset.route];
             new MutationObserver(() => {
                 if (root.dataset.route !== window.routesSeen.at(-1)) window.routesSeen.push(root.dataset.route);
             }).observe(root, { attributes: true });
             return true;",
        )
        .await?;
        Ok(page)
    }

    /// A page that is not the app's.
    pub(crate) async fn of_another(driver: WebDriver) -> Result<Self> {
        driver.set_script_timeout(PATIENCE + Duration::from_secs(10)).await?;
        Ok(Self { driver })
    }

    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.driver.quit().await?)
    }

    /// Waits until the body of a JavaScript function returns something true, and answers that.
    ///
    /// # Errors
    /// When that does not happen in time: with what was waited for and the state of the root element.
    pub async fn until(&self, what: &str, condition: &str) -> Result<Value> {
        let script = format!(
            "const done = arguments[0];
             const check = () => {{ {condition} }};
             let over = false;
             const look = () => {{
                 if (over) return;
                 let found, trouble;
                 try {{ found = check(); }} catch (error) {{ trouble = String(error); }}
                 if (found || trouble) finish({{ found, trouble }});
             }};
             const finish = (answer) => {{ over = true; observer.disconnect(); clearInterval(poll); done(answer); }};
             const observer = new MutationObserver(look);
             observer.observe(document, {{ attributes: true, childList: true, characterData: true, subtree: true }});
             const poll = setInterval(look, 100);
             setTimeout(() => over || finish({{}}), {});
             look();",
            PATIENCE.as_millis()
        );
        let answer = self
            .driver
            .execute_async(script, Vec::new())
            .await
            .with_context(|| format!("waiting for {what}"))?;
        let answer = answer.json();
        if let Some(trouble) = answer["trouble"].as_str() {
            bail!("waiting for {what}: {trouble}");
        }
        if answer["found"].is_null() {
            bail!(
                "waited {PATIENCE:?} for {what}; the root element says {}, and the page {}",
                self.state().await?,
                self.in_the_way().await?
            );
        }
        Ok(answer["found"].clone())
    }

    /// What the page says beside its views: banners, alerts, dialogs.
    async fn in_the_way(&self) -> Result<Value> {
        let all = "[data-testid='banner'], [role='alert'], [role='dialog']";
        let body = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)";
        Ok(self.driver.execute(body, vec![json!(all)]).await?.json().clone())
    }

    /// Evaluates the body of a JavaScript function once.
    ///
    /// # Errors
    /// When it throws.
    pub async fn eval(&self, body: &str) -> Result<Value> {
        Ok(self.driver.execute(body, Vec::new()).await.with_context(|| body.to_owned())?.json().clone())
    }

    /// Loads the page anew and waits for the new one: what is asked for next is never asked of the old one.
    ///
    /// # Errors
    /// When the new page does not come.
    pub async fn reload(&self) -> Result<()> {
        self.driver.refresh().await.context("loading the page anew")
    }

    /// The root element's `data-*` attributes.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn state(&self) -> Result<Value> {
        self.eval("return { ...document.querySelector('[data-route]')?.dataset }").await
    }

    /// One `data-*` attribute of the root element: `route`, `session` or `seq`.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn root(&self, name: &str) -> Result<String> {
        Ok(self.state().await?[name].as_str().unwrap_or_default().to_owned())
    }

    /// Every route the root element has had since the app's start, in order.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn routes_seen(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_value(self.eval("return window.routesSeen").await?)?)
    }

    /// Waits for a `data-*` attribute of the root element to have one of some values.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn root_becomes(&self, name: &str, values: &[&str]) -> Result<String> {
        let found = self
            .until(
                &format!("data-{name} to be {}", values.join(" or ")),
                &format!(
                    "const value = document.querySelector('[data-route]')?.dataset[{}];
                     return {}.includes(value) && value",
                    json!(name),
                    json!(values)
                ),
            )
            .await?;
        Ok(found.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until something with this handle is there and visible.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn shows(&self, handle: &str) -> Result<()> {
        let condition = format!(
            "const found = document.querySelector({}); return !!found && found.checkVisibility()",
            css(handle)
        );
        self.until(&format!("{handle} to show"), &condition).await.map(drop)
    }

    /// Waits until nothing with this handle is there.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn gone(&self, handle: &str) -> Result<()> {
        let condition = format!("return !document.querySelector({})", css(handle));
        self.until(&format!("{handle} to go"), &condition).await.map(drop)
    }

    /// How many there are now.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn count(&self, handle: &str) -> Result<u64> {
        let body = format!("return document.querySelectorAll({}).length", css(handle));
        Ok(self.eval(&body).await?.as_u64().unwrap_or_default())
    }

    /// Waits until there are this many.
    ///
    /// # Errors
    /// When that does not happen in time: with how many there were.
    pub async fn counts(&self, handle: &str, wanted: u64) -> Result<()> {
        let condition = format!("return document.querySelectorAll({}).length === {wanted}", css(handle));
        match self.until(&format!("{wanted} × {handle}"), &condition).await {
            Ok(_) => Ok(()),
            Err(error) => Err(error).context(format!("there were {}", self.count(handle).await?)),
        }
    }

    /// The text of the first with this handle, as it is read.
    ///
    /// # Errors
    /// When there is none.
    pub async fn text(&self, handle: &str) -> Result<String> {
        self.shows(handle).await?;
        self.ask(handle, "innerText.trim()").await
    }

    /// The value of an input.
    ///
    /// # Errors
    /// When there is none.
    pub async fn value(&self, handle: &str) -> Result<String> {
        self.shows(handle).await?;
        self.ask(handle, "value").await
    }

    /// An attribute of the first with this handle; empty when it has none.
    ///
    /// # Errors
    /// When there is no such element.
    pub async fn attribute(&self, handle: &str, name: &str) -> Result<String> {
        self.ask(handle, &format!("getAttribute({})", json!(name))).await
    }

    /// Waits until the text of the first with this handle is as wanted.
    ///
    /// # Errors
    /// When that does not happen in time: with the text there was.
    pub async fn reads(&self, handle: &str, wanted: &str) -> Result<()> {
        let condition =
            format!("return document.querySelector({})?.innerText.trim() === {}", css(handle), json!(wanted));
        match self.until(&format!("{handle} to read {wanted:?}"), &condition).await {
            Ok(_) => Ok(()),
            Err(error) => Err(error).context(format!("it reads {:?}", self.text(handle).await?)),
        }
    }

    /// Waits until an input holds this text.
    ///
    /// # Errors
    /// When that does not happen in time: with what it held.
    pub async fn holds(&self, handle: &str, wanted: &str) -> Result<()> {
        let condition =
            format!("return document.querySelector({})?.value === {}", css(handle), json!(wanted));
        match self.until(&format!("{handle} to hold {wanted:?}"), &condition).await {
            Ok(_) => Ok(()),
            Err(error) => Err(error).context(format!("it holds {:?}", self.value(handle).await?)),
        }
    }

    /// A person's click.
    ///
    /// # Errors
    /// When there is nothing to click, or something lies above it.
    pub async fn click(&self, handle: &str) -> Result<()> {
        self.shows(handle).await?;
        let element = self.driver.find(By::Css(selector(handle))).await?;
        element.click().await.with_context(|| format!("clicking {handle}"))
    }

    /// Replaces what is in an input, by the keyboard.
    ///
    /// # Errors
    /// When there is no such input.
    pub async fn fill(&self, handle: &str, text: &str) -> Result<()> {
        self.shows(handle).await?;
        let element = self.driver.find(By::Css(selector(handle))).await?;
        // By the keyboard, as a person does it: `clear` would not tell the page.
        element.send_keys(Key::Control + "a").await.with_context(|| format!("typing into {handle}"))?;
        let keys = if text.is_empty() { Key::Delete + "" } else { text.into() };
        element.send_keys(keys).await.with_context(|| format!("typing into {handle}"))
    }

    /// A picture of the page, once its movements have ended and what it shows has been painted.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        self.settle().await?;
        // WebKit takes it with the next picture that it draws, and draws none while nothing changes: one pixel does, by a hundredth.
        let stir = "const pixel = document.body.appendChild(document.createElement('i'));
             pixel.style.cssText = 'position: fixed; top: 0; left: 0; width: 1px; height: 1px; opacity: 0.01';
             let count = 0;
             const timer = setInterval(() => { pixel.style.background = count++ % 2 ? 'black' : 'white'; }, 20);
             window.still = () => { clearInterval(timer); pixel.remove(); };
             return true;";
        self.eval(stir).await?;
        let taken = self.driver.screenshot(file).await;
        self.eval("window.still(); return true").await?;
        Ok(taken?)
    }

    /// Waits until the page's movements have ended and what it shows has been painted.
    ///
    /// # Errors
    /// When the page does not answer.
    pub(crate) async fn settle(&self) -> Result<()> {
        let settle = "const done = arguments[0];
             const frame = () => new Promise(requestAnimationFrame);
             const moving = () => document.getAnimations().filter((one) =>
                 one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
             (async () => {
                 await document.fonts.ready;
                 for (let still = 0; still < 6; still = moving().length === 0 ? still + 1 : 0) await frame();
                 done(true);
             })();";
        self.driver
            .execute_async(settle, Vec::new())
            .await
            .context("waiting for the page to settle")
            .map(drop)
    }

    /// The page's HTML as it is now.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn html(&self) -> Result<String> {
        Ok(self
            .eval("return document.documentElement.outerHTML")
            .await?
            .as_str()
            .unwrap_or_default()
            .to_owned())
    }

    async fn ask(&self, handle: &str, property: &str) -> Result<String> {
        let body = format!("return document.querySelector({})?.{property}", css(handle));
        let answer = self.eval(&body).await?;
        if answer.is_null() && self.count(handle).await? == 0 {
            bail!("there is no {handle}");
        }
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }
}

/// The handle as a CSS selector.
pub(crate) fn selector(handle: &str) -> String {
    let end = handle.find(['[', ' ', ':']).unwrap_or(handle.len());
    format!("[data-testid=\"{}\"]{}", &handle[..end], &handle[end..])
}

/// The same, as a JavaScript string.
fn css(handle: &str) -> Value {
    json!(selector(handle))
}
