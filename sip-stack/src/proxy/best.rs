//! Which of many final responses goes back (RFC 3261 §16.7 steps 6 and 7).

use crate::message::{Header, HeaderName, Response, StatusCode};

/// A final response, received or of our own making.
#[derive(Clone, Debug)]
pub(crate) enum Final {
    Received(Box<Response>),
    Local(StatusCode),
}

impl Final {
    pub(crate) fn code(&self) -> StatusCode {
        match self {
            Self::Received(response) => response.code,
            Self::Local(code) => *code,
        }
    }
}

/// The best so far, and the challenges of all.
#[derive(Debug, Default)]
pub(crate) struct Best {
    best: Option<Final>,
    challenges: Vec<Header>,
}

impl Best {
    /// Takes one more into account; of two equals the first stays.
    pub(crate) fn consider(&mut self, response: Final) {
        if let Final::Received(response) = &response {
            self.collect(response);
        }
        let is_better = |best: &Final| rank(response.code()) < rank(best.code());
        if self.best.as_ref().is_none_or(is_better) {
            self.best = Some(response);
        }
    }

    fn collect(&mut self, response: &Response) {
        if !is_challenge(response.code) {
            return;
        }
        for name in [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate] {
            let values = response.headers.get_all(&name);
            self.challenges.extend(values.map(|value| Header::new(name.clone(), value)));
        }
    }

    /// The one to send: with the challenges of all branches if it is one itself, and never a 503, which would say
    /// that we cannot serve anybody. Without any it is a 408.
    pub(crate) fn take(&mut self) -> Final {
        let best = self.best.take().unwrap_or(Final::Local(StatusCode::REQUEST_TIMEOUT));
        match best {
            _ if best.code() == StatusCode::SERVICE_UNAVAILABLE => {
                Final::Local(StatusCode::SERVER_INTERNAL_ERROR)
            }
            Final::Received(mut response) if is_challenge(response.code) => {
                response.headers.remove(&HeaderName::WwwAuthenticate);
                response.headers.remove(&HeaderName::ProxyAuthenticate);
                response.headers.extend(self.challenges.drain(..));
                Final::Received(response)
            }
            Final::Received(_) | Final::Local(_) => best,
        }
    }
}

fn is_challenge(code: StatusCode) -> bool {
    matches!(code, StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED)
}

/// The lower the better: 6xx ends every search, then the lowest class; within one what tells the caller how to ask
/// again comes first, and what only says that nobody was there last.
fn rank(code: StatusCode) -> (u16, u16) {
    let class = if code.class() == 6 { 0 } else { code.class() };
    let within = match code.as_u16() {
        401 | 407 | 415 | 420 | 484 => 0,
        408 | 430 | 503 => 2,
        _ => 1,
    };
    (class, within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(codes: &[u16]) -> u16 {
        let mut best = Best::default();
        for code in codes {
            best.consider(Final::Local(StatusCode::new(*code).unwrap()));
        }
        best.take().code().as_u16()
    }

    #[test]
    fn the_best_of_many() {
        assert_eq!(best(&[503, 407, 501, 404]), 407, "the RFC's own example");
        assert_eq!(best(&[404, 603, 302]), 603);
        assert_eq!(best(&[486, 302, 500]), 302);
        assert_eq!(best(&[486, 404]), 486);
        assert_eq!(best(&[408, 480]), 480);
        assert_eq!(best(&[503]), 500);
        assert_eq!(best(&[503, 504]), 504);
        assert_eq!(best(&[]), 408);
    }
}
