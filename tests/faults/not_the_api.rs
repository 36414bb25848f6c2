//! R7, F8: something answers that is not the API: a wifi's sign-in page, a proxy.
//! Not here: what sends elsewhere (`redirects`).

use session_engine::ProfileError;
use session_engine::error::TransientKind;

use super::mishap::passing;
use super::wire::{Step, answers, reply};
use super::world::{World, body, ok};

const HTML: &str = "content-type: text/html\r\n";
const PAGE: &[u8] = b"<html>Welcome to the hotel</html>";

#[tokio::test]
async fn f8_a_page_in_the_place_of_new_tokens_is_trouble_that_passes_whatever_its_status() {
    for status in [200, 203, 400, 401, 403, 404, 407, 418, 451, 511] {
        let expected =
            if status == 511 { TransientKind::ServerUnavailable } else { TransientKind::NotTheApi };
        assert_eq!(passing(answers(reply(status, HTML, PAGE))).await, expected, "{status}");
        let sent_as_json = reply(status, "content-type: application/json\r\n", PAGE);
        assert_eq!(passing(answers(sent_as_json)).await, expected, "{status}");
    }
}

#[tokio::test]
async fn r7_a_401_page_for_a_call_is_the_callers_and_causes_no_refresh_and_no_sign_out() {
    for headers in [
        HTML,
        "",
        "proxy-authenticate: Basic\r\n",
        "content-type: text/html\r\nwww-authenticate: Basic realm=x\r\n",
    ] {
        let world = World::fresh().await;
        world.wire.next(answers(reply(401, headers, PAGE)));
        let reply = world.call("notes/").await.unwrap();
        assert_eq!((reply.response.status().as_u16(), &body(&reply)[..]), (401, PAGE));
        assert_eq!((world.kept.refreshes_started(), world.wire.connections()), (0, 2));
        assert_eq!(ok(&world.calls(1).await), 1);
        world.check();
    }
}

#[tokio::test]
async fn a_page_in_the_place_of_an_answer_is_handed_on_as_it_is_and_never_becomes_the_profile() {
    let world = World::fresh().await;
    world.wire.next(answers(reply(200, HTML, PAGE)));
    assert_eq!(&body(&world.call("notes/").await.unwrap())[..], PAGE);
    world.wire.next(answers(reply(200, HTML, PAGE)));
    assert_eq!(world.session.reload_profile("me/").await, Err(ProfileError::NotAnObject));
    world.check();
}

#[tokio::test]
async fn a_portal_in_the_place_of_the_sign_in_signs_nobody_in_and_says_so() {
    let world = World::new(super::world::policy(), super::world::manners());
    world.wire.next(answers(reply(200, HTML, PAGE)));
    let error = world.sign_in().await.unwrap_err();
    assert!(error.to_string().contains("not the API"), "{error}");
    assert!(world.kept.refresh_token().is_none() && world.kept.profile_text().is_none());
    world.check_quiet();
}

#[tokio::test]
async fn r6_words_of_a_dead_token_with_another_status_or_in_a_page_end_no_session() {
    let dead = br#"{"code":"token_not_valid"}"#;
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let cause = super::mishap::mishap(answers(reply(status, "", dead))).await;
        let passes = matches!(cause, session_engine::error::RefreshError::Transient(_));
        assert_eq!(passes, status != 425, "{status}: {cause:?}");
    }
    let world = World::due().await;
    world.wire.next(vec![Step::Hear, Step::Say(reply(401, HTML, b"<p>{\"code\":\"token_not_valid\"}</p>"))]);
    assert_eq!(ok(&world.calls(4).await), 4);
    world.check();
}
