//! The lazy identity cache of `aws-smithy-runtime`, asked as an AWS client's orchestrator asks it. Not here: signing.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::identity::{
    Identity, IdentityFuture, ResolveCachedIdentity, ResolveIdentity, SharedIdentityCache,
    SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::config_bag::ConfigBag;
use http::HeaderValue;

use super::{MARGIN, Peer};
use crate::Failure;
use crate::world::{Refresher, World, bearer};

/// `IdentityCache::lazy()`.
pub struct Aws {
    cache: SharedIdentityCache,
    resolver: SharedIdentityResolver,
    components: RuntimeComponents,
    config: ConfigBag,
}

struct Resolver(Arc<Refresher>);

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver")
    }
}

impl ResolveIdentity for Resolver {
    fn resolve_identity<'a>(&'a self, _: &'a RuntimeComponents, _: &'a ConfigBag) -> IdentityFuture<'a> {
        let refresher = self.0.clone();
        IdentityFuture::new(async move {
            let tokens = refresher.refresh().await?;
            let until = SystemTime::now() + Duration::from_secs(tokens.expires_in);
            Ok(Identity::new(bearer(&tokens.access_token)?, Some(until)))
        })
    }
}

impl Peer for Aws {
    const NAME: &'static str = "aws-smithy-runtime";

    async fn open(world: &World) -> Result<Self, Failure> {
        let refresher = Arc::new(Refresher::new(world, world.sign_in().await?.refresh_token));
        let components = RuntimeComponentsBuilder::for_tests()
            .with_time_source(Some(SystemTimeSource::new()))
            .with_sleep_impl(Some(TokioSleep::new()))
            .build()?;
        Ok(Self {
            cache: IdentityCache::lazy().buffer_time(MARGIN).build(),
            resolver: SharedIdentityResolver::new(Resolver(refresher)),
            components,
            config: ConfigBag::base(),
        })
    }

    async fn header(&self) -> Result<HeaderValue, String> {
        let asked = self.cache.resolve_cached_identity(self.resolver.clone(), &self.components, &self.config);
        let identity = asked.await.map_err(|error| error.to_string())?;
        identity.data::<HeaderValue>().cloned().ok_or_else(|| "another kind of identity".into())
    }
}
