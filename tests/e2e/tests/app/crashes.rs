//! kill -9 of the real app at random moments: it comes back with all that the person had, or says truly why not (F24).
//! Not in it: crashes between any two steps of the engine; those are its own tests. `KEEPER_KILLS` asks for more kills than 60,
//! `KEEPER_SEED` for other dice.

mod leaks;
mod person;
mod tally;

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use demo_api::Fault;
use fastrand::Rng;
use serde_json::json;
use session_keeper_e2e::{ACCOUNT, Files, Moment, OTHER, Page, Rig, Setting, play, until};

use crate::crashes::leaks::Leaks;
use crate::crashes::person::{End, Person, Seen};
use crate::crashes::tally::{Wish, count, seed, share};

/// Longer than any restart takes, however slow the machine.
const LONG_GRACE: Duration = Duration::from_secs(600);

/// What a person, or the program for them, is in the middle of.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Refresh,
    RefreshForCalls,
    Profile,
    ProfileKept,
    Draft,
    DraftTyped,
    DraftKept,
    Everything,
    Start,
}

impl Deed {
    const ALL: [Self; 9] = [
        Self::Refresh,
        Self::Profile,
        Self::Draft,
        Self::RefreshForCalls,
        Self::ProfileKept,
        Self::DraftTyped,
        Self::Start,
        Self::Everything,
        Self::DraftKept,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Refresh | Self::RefreshForCalls => "a refresh",
            Self::Profile | Self::ProfileKept => "a profile write",
            Self::Draft | Self::DraftTyped | Self::DraftKept => "a draft write",
            Self::Everything => "all of them at once",
            Self::Start => "the start",
        }
    }
}

/// F24, R8, R9, R11, R13: killed at any moment of a refresh or of a write, the session goes on, the profile is exact, and the
/// draft is the last one confirmed as kept or the one that was being written.
#[test]
fn f24_a_kill_during_a_refresh_or_a_write_costs_neither_the_session_nor_a_letter() -> Result<()> {
    told(play(&Setting::default(), async |rig| {
        let (mut dice, mut leaks) = (Rng::with_seed(seed()), Leaks::default());
        rig.server()?.handle().set_grace(LONG_GRACE);
        let mut person = Person::sign_in(ACCOUNT, rig).await?;
        for deed in Deed::ALL.into_iter().cycle().take(share(27) as usize) {
            let end = kill_during(rig, &mut person, &mut leaks, &mut dice, deed).await;
            count(deed.name(), Wish::Stay, &end);
            let end = end.with_context(|| format!("killed during {deed:?}"))?;
            ensure!(end == End::Resumed, "killed during {deed:?}: the session ended: {end:?}");
        }
        Ok(())
    }))
}

async fn kill_during(
    rig: &mut Rig,
    person: &mut Person,
    leaks: &mut Leaks,
    dice: &mut Rng,
    deed: Deed,
) -> Result<End> {
    let handle = rig.server()?.handle().clone();
    handle.set_refresh_delay(Duration::from_millis(dice.u64(0..150)));
    let draft = format!("{} {}", dice.u32(..), "a thought, ".repeat(dice.usize(0..1_500)));
    let save = format!("invoke('save_draft', {{ text: {} }})", json!(draft));
    let newer = json!({ "visits": dice.u32(..), "said": "x".repeat(dice.usize(0..9_000)) });
    let moment = moment(dice, deed);
    if matches!(deed, Deed::Profile | Deed::ProfileKept | Deed::Everything | Deed::Refresh | Deed::Start) {
        handle.set_profile_field(person.name, "history", newer.clone())?;
        handle.set_refresh_user(Some(json!({ "history": newer })));
        person.profile_comes(rig)?;
    }
    if matches!(deed, Deed::Draft | Deed::DraftTyped | Deed::DraftKept | Deed::Everything) {
        person.writes(&draft);
    }
    let script = match deed {
        Deed::Refresh => "invoke('retry_now')".to_owned(),
        Deed::RefreshForCalls => "document.querySelector('[data-testid=\"calls-fire\"]').click()".to_owned(),
        Deed::Profile | Deed::ProfileKept => "invoke('reload_profile')".to_owned(),
        Deed::Draft | Deed::DraftKept => save,
        Deed::DraftTyped => type_draft(&draft),
        Deed::Everything => format!("Promise.all([invoke('retry_now'), invoke('reload_profile'), {save}])"),
        Deed::Start => String::new(),
    };
    match deed {
        Deed::RefreshForCalls => handle.set_fault(Fault::ExpireAccess, true),
        Deed::DraftKept | Deed::ProfileKept => {
            confirm(rig, &script).await?;
            if matches!(deed, Deed::DraftKept) { person.wrote() } else { person.profile_came() }
        }
        _ => {}
    }
    match deed {
        Deed::Start => {
            rig.stop().await?;
            rig.kill_at_start(moment).await?;
        }
        Deed::DraftKept | Deed::ProfileKept => rig.kill_at(moment, async |_| Ok(())).await?,
        _ => rig.kill_at(moment, async |page| begin(page, &script).await).await?,
    }
    come_back(rig, person, leaks).await
}

/// R9, F24: a server that takes no refresh token twice. A kill between its rotation and our vault ends the session, and the login view
/// says that the app was stopped; a kill before or after costs nothing.
#[test]
fn f24_r9_where_no_token_is_taken_twice_a_refresh_that_was_cut_off_ends_as_interrupted() -> Result<()> {
    told(play(&Setting::default(), async |rig| {
        let (mut dice, mut leaks) = (Rng::with_seed(!seed()), Leaks::default());
        let handle = rig.server()?.handle().clone();
        handle.set_grace(Duration::ZERO);
        let mut person = Person::sign_in(ACCOUNT, rig).await?;
        keep_a_draft(rig, &mut person, "A thought before the kills").await?;
        for kill in 1..=share(9) {
            let before = handle.counts();
            let cut = Cut::ALL[kill as usize % Cut::ALL.len()];
            handle.set_refresh_delay(match cut {
                Cut::Between => Duration::from_secs(5),
                Cut::Anywhere | Cut::After => Duration::from_millis(dice.u64(0..150)),
            });
            let moment = match cut {
                Cut::Between => {
                    Moment::Counted(|counts| counts.refreshes_ok, Duration::from_millis(dice.u64(0..300)))
                }
                Cut::Anywhere => moment(&mut dice, Deed::Refresh),
                Cut::After => Moment::After(soon(&mut dice)),
            };
            if matches!(cut, Cut::After) {
                confirm(rig, "invoke('retry_now')").await?;
                rig.kill_at(moment.clone(), async |_| Ok(())).await?;
            } else {
                rig.kill_at(moment.clone(), async |page| begin(page, "invoke('retry_now')").await).await?;
            }
            let end = come_back(rig, &mut person, &mut leaks).await;
            count("a refresh", Wish::Stay, &end);
            let (end, story) = (end?, format!("kill {kill}, {cut:?}, {moment:?}"));
            match (&end, handle.counts().reuses_detected - before.reuses_detected) {
                (End::Resumed, 0) => {
                    ensure!(!matches!(cut, Cut::Between), "{story}: nobody can have gone on")
                }
                (End::Ended(reason), 1) if !matches!(cut, Cut::After) => {
                    ensure!(reason == "interrupted", "{story}: ended as {reason}");
                    // Still theirs: profile and draft are there when they sign in again.
                    begin(rig.page()?, &person.signing_in()).await?;
                    rig.page()?.root_becomes("route", &["home"]).await?;
                    person.check(rig, &Seen::on(rig.page()?).await?).context(story)?;
                }
                (_, reuses) => bail!("{story}: {end:?} with {reuses} tokens used twice"),
            }
        }
        Ok(())
    }))
}

/// Where a refresh is cut off.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// After the server's rotation, before its reply.
    Between,
    /// At any moment.
    Anywhere,
    /// Right after the program said that it is done.
    After,
}

impl Cut {
    const ALL: [Self; 3] = [Self::Between, Self::Anywhere, Self::After];
}

/// R12, R13, F24: killed while one of two people signs in or out, they are in with everything or out; out to be forgotten, they are
/// forgotten; the other's things are theirs alone; and a second restart finds the same.
#[test]
fn f24_r12_a_kill_during_a_sign_in_or_a_sign_out_leaves_no_half_of_it() -> Result<()> {
    told(play(&Setting::default(), async |rig| {
        let (mut dice, mut leaks) = (Rng::with_seed(seed()), Leaks::default());
        rig.server()?.handle().set_grace(LONG_GRACE);
        let mut people = [Person::sign_in(ACCOUNT, rig).await?, Person::stranger(OTHER)];
        let mut here = Some(0);
        for kill in 1..=share(24) {
            let way = Way::throw(&mut dice, here);
            let end = kill_on_the_way(rig, &mut people, &mut leaks, &way).await;
            count(way.name(), way.wish, &end);
            let story = format!("kill {kill}, {way:?}");
            let end = end.with_context(|| story.clone())?;
            let is_in = end == End::Resumed;
            ensure!(
                !way.is_done || is_in == (way.wish == Wish::Come),
                "{story}: it was done, and is not: {end:?}"
            );
            here = is_in.then_some(way.who);
            if dice.bool() {
                rig.restart().await?;
                let again = look(rig, &mut people, way.who).await;
                let again = again.with_context(|| format!("{story}, then a restart"))?;
                ensure!(again == end, "{story}: {end:?} at first, and {again:?} after one more restart");
            }
        }
        Ok(())
    }))
}

/// A sign-in or a sign-out, and when it is cut off.
#[derive(Debug)]
struct Way {
    wish: Wish,
    /// Which of the two.
    who: usize,
    forgets: bool,
    moment: Moment,
    /// The moment is not in the middle, but right after the program said that it is done.
    is_done: bool,
    /// The start after it is cut off, too, at this time.
    again: Option<Duration>,
}

impl Way {
    /// Who is in signs out; when nobody is, one of the two signs in.
    fn throw(dice: &mut Rng, here: Option<usize>) -> Self {
        let (wish, who) = here.map_or_else(|| (Wish::Come, dice.usize(..2)), |who| (Wish::Leave, who));
        let forgets = wish == Wish::Leave && dice.u8(..3) > 0;
        let soon = soon(dice);
        let mut steps = vec![
            Moment::Written(Files::Vault, soon),
            Moment::Counted(|counts| counts.logins + counts.logouts, soon),
            Moment::Written(if wish == Wish::Come { Files::Record } else { Files::Journal }, soon),
        ];
        if forgets {
            steps.push(Moment::Written(Files::Record, soon));
        }
        let late = Moment::After(Duration::from_micros(dice.u64(0..40_000)));
        let is_done = dice.u8(..5) == 0;
        let moment = match dice.u8(..3) {
            _ if is_done => Moment::After(soon),
            0 => late,
            _ => one_of(dice, &steps),
        };
        let again = (dice.u8(..4) == 0).then(|| Duration::from_millis(dice.u64(0..400)));
        Self { wish, who, forgets, moment, is_done, again }
    }

    fn name(&self) -> &'static str {
        if self.wish == Wish::Come { "a sign-in" } else { "a sign-out" }
    }
}

async fn kill_on_the_way(
    rig: &mut Rig,
    people: &mut [Person; 2],
    leaks: &mut Leaks,
    way: &Way,
) -> Result<End> {
    let person = &mut people[way.who];
    let script = if way.wish == Wish::Leave {
        keep_a_draft(rig, person, &format!("A thought of {} at {:?}", person.name, way.moment)).await?;
        format!("invoke('sign_out', {{ remember: {} }})", !way.forgets)
    } else {
        rig.server()?.handle().set_profile_field(person.name, "visits", format!("{:?}", way.moment))?;
        person.profile_comes(rig)?;
        person.signing_in()
    };
    if way.is_done {
        confirm(rig, &script).await?;
        rig.kill_at(way.moment.clone(), async |_| Ok(())).await?;
    } else {
        rig.kill_at(way.moment.clone(), async |page| begin(page, &script).await).await?;
    }
    leaks.check(rig)?;
    if let Some(later) = way.again {
        rig.kill_at_start(Moment::After(later)).await?;
    }
    rig.start(&[]).await.context("after the kill")?;
    if way.forgets && Seen::on(rig.page()?).await?.end()? == End::SignedOut {
        let person = &mut people[way.who];
        person.is_forgotten();
        let seen = Seen::on(rig.page()?).await?;
        ensure!(seen.name.is_empty(), "their name is still there: {seen:?}");
        until("who signed out to be forgotten", async || Ok(!rig.kept()?.contains_key(person.name))).await?;
    }
    look(rig, people, way.who).await
}

/// Looks at a running app, where one of the two is in, or nobody.
async fn look(rig: &Rig, people: &mut [Person; 2], who: usize) -> Result<End> {
    let seen = Seen::on(rig.page()?).await?;
    let end = seen.end()?;
    match end {
        End::Resumed => people[who].check(rig, &seen)?,
        End::SignedOut => people[who].check_unseen(&seen)?,
        End::Ended(_) => bail!("who signs in or out is told of no other end: {seen:?}"),
    }
    people[1 - who].check_unseen(&seen)?;
    people.iter().try_for_each(|person| person.check_disk(rig))?;
    Ok(end)
}

/// Writes a draft and waits until the program says that it is kept.
async fn keep_a_draft(rig: &Rig, person: &mut Person, draft: &str) -> Result<()> {
    person.writes(draft);
    confirm(rig, &format!("invoke('save_draft', {{ text: {} }})", json!(draft))).await?;
    person.wrote();
    Ok(())
}

/// Does something in the page and waits until the program says that it is done.
async fn confirm(rig: &Rig, script: &str) -> Result<()> {
    begin(
        rig.page()?,
        &format!("window.confirmed = false; {script}.then(() => {{ window.confirmed = true; }})"),
    )
    .await?;
    rig.page()?.until("the program to say that it is done", "return window.confirmed").await.map(drop)
}

/// Begins a deed in the page and does not wait for it.
async fn begin(page: &Page, script: &str) -> Result<()> {
    let body = format!("const invoke = window.__TAURI_INTERNALS__.invoke; {script}; return true");
    page.eval(&body).await.map(drop)
}

fn type_draft(text: &str) -> String {
    format!(
        "const area = document.querySelector('[data-testid=\"draft\"]');
         area.value = {};
         area.dispatchEvent(new InputEvent('input', {{ bubbles: true }}))",
        json!(text)
    )
}

/// Random within the deed; half of the time at a step that can be seen from outside.
fn moment(dice: &mut Rng, deed: Deed) -> Moment {
    let soon = soon(dice);
    let late = Moment::After(Duration::from_millis(dice.u64(0..400)));
    let steps: &[Moment] = match deed {
        Deed::Refresh | Deed::RefreshForCalls | Deed::Everything | Deed::Start => &[
            Moment::Written(Files::Journal, soon),
            Moment::Written(Files::Vault, soon),
            Moment::Counted(|counts| counts.refreshes_ok, soon),
        ],
        Deed::Profile | Deed::Draft | Deed::DraftTyped => &[Moment::Written(Files::Record, soon)],
        Deed::DraftKept | Deed::ProfileKept => return Moment::After(soon),
    };
    if dice.bool() && !matches!(deed, Deed::Start) { one_of(dice, steps) } else { late }
}

/// Starts the app again, and looks at the disk before and at the window after.
async fn come_back(rig: &mut Rig, person: &mut Person, leaks: &mut Leaks) -> Result<End> {
    person.check_disk(rig)?;
    leaks.check(rig)?;
    rig.server()?.handle().set_refresh_delay(Duration::ZERO);
    rig.start(&[]).await.context("after the kill")?;
    let seen = Seen::on(rig.page()?).await?;
    let end = seen.end()?;
    match end {
        End::Resumed => person.check(rig, &seen)?,
        End::SignedOut | End::Ended(_) => person.check_disk(rig)?,
    }
    Ok(end)
}

/// Most crashes that matter are right after a step.
fn soon(dice: &mut Rng) -> Duration {
    Duration::from_micros(if dice.bool() { dice.u64(0..2_000) } else { dice.u64(0..20_000) })
}

fn one_of<T: Clone>(dice: &mut Rng, all: &[T]) -> T {
    all[dice.usize(..all.len())].clone()
}

/// Closes the tally, and adds to an error how to have the same dice again.
fn told(outcome: Result<()>) -> Result<()> {
    tally::close()?;
    outcome.with_context(|| format!("with KEEPER_SEED={}", seed()))
}
