//! The REST face, with a token that the test signs itself.

use anyhow::{Context, Result, ensure};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const TOKEN_LIFE: Duration = Duration::from_secs(600);
const SCOPES: [&str; 4] = ["calls:read", "calls:write", "tokens:mint", "events:read"];

/// A client of one gateway.
#[derive(Debug)]
pub struct Rest {
    client: Client,
    base: String,
    token: String,
}

impl Rest {
    pub(super) fn new(port: u16, secret: &str) -> Result<Self> {
        let client = Client::builder().timeout(ANSWER_WITHIN).build()?;
        let expires = SystemTime::now().duration_since(UNIX_EPOCH)? + TOKEN_LIFE;
        let claims = json!({"sub": "test", "exp": expires.as_secs(), "scopes": SCOPES});
        let key = EncodingKey::from_secret(secret.as_bytes());
        let token = encode(&Header::new(Algorithm::HS256), &claims, &key)?;
        Ok(Self { client, base: format!("http://127.0.0.1:{port}"), token })
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Reads a resource.
    ///
    /// # Errors
    /// The gateway refuses or does not answer within five seconds.
    pub async fn get(&self, path: &str) -> Result<Value> {
        answer(path, self.client.get(self.base.clone() + path).bearer_auth(&self.token)).await
    }

    /// Creates a resource or gives a command.
    ///
    /// # Errors
    /// The gateway refuses or does not answer within five seconds.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        answer(path, self.client.post(self.base.clone() + path).bearer_auth(&self.token).json(body)).await
    }
}

async fn answer(path: &str, request: RequestBuilder) -> Result<Value> {
    let response = request.send().await.with_context(|| format!("no answer from {path}"))?;
    let status = response.status();
    let text = response.text().await?;
    ensure!(status.is_success(), "{path} answers {status}: {text}");
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).with_context(|| format!("{path} answers {text}"))
}
