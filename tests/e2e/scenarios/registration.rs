//! The gateway registers at a trunk that wants it to.

use crate::scene::STEP;
use crate::stage::play;
use anyhow::Context;
use e2e::gateway::{Gateway, Setup};
use e2e::phone::{Codec, Scenario};

#[test]
fn with_a_digest() {
    play(|| async {
        let setup = Setup::new(Codec::Pcmu)?.credentials("offhook", "open sesame").registers();
        let scenario =
            Scenario::named("register")?.with("username", "offhook").with("password", "open sesame");
        let mut registrar = scenario.with("expires", 60).listen(setup.trunk_port()).await?;
        let gateway = Gateway::start(setup).await?;
        registrar.finishes(STEP).await.with_context(|| gateway.story())
    });
}
