//! F27, R1, R16: a server whose `Date` is wrong, garbage or missing.
//! Not here: this computer's own clock, which the engine's tests set.

use session_engine::SessionState;

use super::wire::Manners;
use super::world::{World, date, manners, ok, policy};

#[tokio::test]
async fn f27_r16_no_date_that_a_server_can_say_makes_a_storm_or_ends_a_session() {
    let mut dates = vec![date(0), date(365), date(-365), date(3650), date(1), date(-1)];
    dates.extend(
        ["date: garbage\r\n", "", "date: \r\n", "date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"].map(str::to_owned),
    );
    dates.push("date: Fri, 31 Dec 9999 23:59:59 GMT\r\n".to_owned());
    dates.push("date: Mon, 99 Foo 2026 99:99:99 GMT\r\n".to_owned());
    dates.push(format!("{}{}", date(365), date(-365)));
    dates.push("date: \u{ff}\u{fe}\r\n".to_owned());
    for said in dates {
        for login_left in [1800, 540] {
            let manners = Manners { login_left, token_header: said.clone(), ..manners() };
            let world = World::signed_in(policy(), manners).await;
            for _ in 0..5 {
                assert_eq!(ok(&world.calls(10).await), 10);
            }
            let refreshes = world.kept.refreshes_started();
            assert!(refreshes <= 1, "{said:?}, {login_left} s left: {refreshes} refreshes over 50 calls");
            assert_eq!(world.wire.heard("notes/").len(), 50);
            assert!(matches!(world.state(), SessionState::Fresh | SessionState::Due), "{said:?}");
            world.check();
        }
    }
}
