//! What a person does with the app, in a few moves that the tests and the tour share.
//! Not in it: looking at what came of it.

use anyhow::Result;

use crate::page::Page;
use crate::server::ACCOUNT;

impl Page {
    /// Fills in the login form and sends it.
    ///
    /// # Errors
    /// When the form is not there.
    pub async fn submit_login(&self, username: &str, password: &str) -> Result<()> {
        self.shows("login-form").await?;
        self.fill("login-username", username).await?;
        self.fill("login-password", password).await?;
        self.click("login-submit").await
    }

    /// Signs in with the demo account and waits for the home view.
    ///
    /// # Errors
    /// When the home view does not come.
    pub async fn sign_in(&self) -> Result<()> {
        self.submit_login(ACCOUNT.0, ACCOUNT.1).await?;
        self.root_becomes("route", &["home"]).await?;
        self.shows("home-view").await
    }

    /// Goes to a view by the navigation.
    ///
    /// # Errors
    /// When the view does not come.
    pub async fn go_to(&self, view: &str) -> Result<()> {
        self.click(&format!("nav-{view}")).await?;
        self.shows(&format!("{view}-view")).await
    }

    /// Opens the dev panel if it is not open.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open_dev_panel(&self) -> Result<()> {
        if self.count("dev-panel").await? == 0 {
            self.click("dev-toggle").await?;
        }
        self.shows("dev-panel").await
    }

    /// Flips a switch of the embedded demo server and waits until it shows as flipped.
    ///
    /// # Errors
    /// When there is no such switch.
    pub async fn flip(&self, fault: &str, on: bool) -> Result<()> {
        self.open_dev_panel().await?;
        let switch = format!("fault[data-fault=\"{fault}\"]");
        self.shows(&switch).await?; // the panel asks for its switches when it opens
        if self.attribute(&switch, "aria-pressed").await? != on.to_string() {
            self.click(&switch).await?;
        }
        self.shows(&format!("{switch}[aria-pressed=\"{on}\"]")).await
    }

    /// Fires this many calls at once from the home view.
    ///
    /// # Errors
    /// When the home view is not shown.
    pub async fn fire(&self, calls: u32) -> Result<()> {
        self.fill("calls-count", &calls.to_string()).await?;
        self.click("calls-fire").await
    }
}
