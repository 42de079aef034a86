//! A session that has a connection: frames in, frames out, signs of life.

use std::time::{Duration, Instant};

use api::ws::{Bye, ByeAction, ClientFrame, CloseCode, Decoded, Empty, FrameError, ServerFrame};
use api::{ErrorBody, ErrorCode};
use engine::Page;
use rand::Rng;

use super::answers::Seen;
use super::hello;
use super::lobby::Arrival;
use super::session::Session;
use super::socket::{GOING_AWAY, Over, Received, Socket};
use super::welcome::Entrance;
use super::{PING_S, TIMEOUT_S};
use crate::call::{FromSession, ToSession};
use crate::wire;

const TIMEOUT: Duration = Duration::from_secs(TIMEOUT_S as u64);
const PING: Duration = Duration::from_secs(PING_S as u64);
/// Over so many seconds browsers spread their return after a restart.
const RETURN_SPREAD_S: u32 = 5;

impl Session {
    /// Speaks over a connection until it ends. May be dropped at any time: what was to be told is kept before it is
    /// sent.
    pub(super) async fn attached(&mut self, arrival: &mut Arrival) -> Over {
        match self.greet(arrival).await {
            Ok(()) => self.talk(&mut arrival.socket).await,
            Err(over) => over,
        }
    }

    /// Says where the session stands, then what the browser has missed.
    async fn greet(&mut self, arrival: &mut Arrival) -> Result<(), Over> {
        let Arrival { socket, request, resume } = arrival;
        let used = resume.as_ref().map(|resume| resume.resume_token.clone());
        let (seq, entrance) = match resume {
            Some(resume) => (resume.last_seq.unwrap_or(self.replay.last()), Entrance::Resumed),
            None => (self.replay.next(), Entrance::Fresh),
        };
        let welcome = self.welcome(request.clone(), seq, entrance, self.entry.renew(used));
        socket.send(&welcome).await?;
        for frame in self.replay.frames() {
            socket.send(frame).await?;
        }
        Ok(())
    }

    async fn talk(&mut self, socket: &mut Socket) -> Over {
        let mut heard = Instant::now();
        let mut greeted = false;
        // Pages that are hidden send their own pings only once a minute; browsers answer this one without the page.
        let mut ping = heard + PING;
        loop {
            let done = tokio::select! {
                received = socket.receive() => match received {
                    Ok(received) => {
                        heard = Instant::now();
                        if !greeted && matches!(received, Received::Frame(_)) {
                            greeted = true;
                            self.entry.settle();
                        }
                        self.received(socket, received, heard).await
                    }
                    Err(over) => Err(over),
                },
                message = self.outbox.recv() => match message {
                    Some(message) => socket.send(&self.frame_of(message)).await,
                    None => Err(self.bye(socket).await),
                },
                () = tokio::time::sleep_until(ping.into()) => {
                    ping += PING;
                    socket.ping().await
                }
                () = tokio::time::sleep_until((heard + TIMEOUT).into()) => {
                    socket.close(CloseCode::Liveness as u16, "nothing came in time").await;
                    Err(Over::Lost)
                }
            };
            if let Err(over) = done {
                return over;
            }
        }
    }

    async fn received(&mut self, socket: &mut Socket, received: Received, now: Instant) -> Result<(), Over> {
        if !self.rate.take(now) {
            return Err(socket.refuse(ErrorCode::RateExceeded, CloseCode::Rate).await);
        }
        let frame = match received {
            Received::Frame(frame) => frame,
            Received::Alive => return Ok(()),
            Received::Refusable(code, close) => return Err(socket.refuse(code, close).await),
        };
        match frame {
            Ok(Decoded::Frame(frame)) => self.frame(socket, *frame).await,
            Ok(Decoded::Unknown) => Ok(()),
            Err(error @ FrameError::Malformed(_)) => {
                Err(socket.refuse_as(None, error.body(), CloseCode::Protocol).await)
            }
            Err(error @ FrameError::Invalid { .. }) => {
                let id = error.id().map(str::to_owned);
                socket.send(&ServerFrame::Error { id, data: error.body() }).await
            }
        }
    }

    async fn frame(&mut self, socket: &mut Socket, frame: ClientFrame) -> Result<(), Over> {
        match frame {
            ClientFrame::Ping { id, .. } => socket.send(&ServerFrame::Pong { id, data: Empty {} }).await,
            ClientFrame::Hello { id, .. } => {
                let data = ErrorBody::from(ErrorCode::HelloExpected);
                socket.send(&ServerFrame::Error { id: Some(id), data }).await
            }
            ClientFrame::TokenUpdate { id, data } => {
                let result = self.update_token(&data.token).await;
                socket.send(&answer_of(id, result)).await
            }
            ClientFrame::Ack { data } => {
                self.replay.acknowledge(data.seq);
                Ok(())
            }
            call @ (ClientFrame::CallStart { .. }
            | ClientFrame::CallAccept { .. }
            | ClientFrame::CallReject { .. }
            | ClientFrame::CallHangup { .. }
            | ClientFrame::CallCandidate { .. }
            | ClientFrame::CallSendDigits { .. }
            | ClientFrame::CallMute { .. }
            | ClientFrame::CallReattach { .. }
            | ClientFrame::CallRestartIce { .. }
            | ClientFrame::CallHold { .. }
            | ClientFrame::CallUnhold { .. }
            | ClientFrame::CallTransfer { .. }
            | ClientFrame::CallConsult { .. }
            | ClientFrame::CallCompleteTransfer { .. }
            | ClientFrame::CallCancelTransfer { .. }) => match self.request(call) {
                Some(answer) => socket.send(&answer).await,
                None => Ok(()),
            },
        }
    }

    /// Takes the grants of a newer token; one that is no good leaves the former ones.
    async fn update_token(&self, token: &str) -> Result<(), ErrorCode> {
        let (user, grants) = hello::identify(&self.node, token).map_err(|denied| denied.code())?;
        if user != self.user {
            return Err(ErrorCode::TokenInvalid);
        }
        let renewed = FromSession::Resumed { session: self.id, grants, page: Page::Same };
        self.node.calls.tell(renewed).await;
        Ok(())
    }

    /// Passes a request on; returns the answer if there is one already.
    fn request(&mut self, frame: ClientFrame) -> Option<ServerFrame> {
        let (id, call, request) = wire::request(frame)?;
        match self.answers.begin(&id) {
            Seen::New => {
                let message = FromSession::Request { session: self.id, call, id: id.clone(), request };
                let unanswered = self.node.calls.request(message).err()?;
                Some(self.answer(id, Err(wire::unanswered(unanswered))))
            }
            Seen::Pending => None,
            Seen::Answered(answer) => Some(*answer),
        }
    }

    /// The frame for what the calls say, noted so that it is told once, whatever becomes of the connection.
    pub(super) fn frame_of(&mut self, message: ToSession) -> ServerFrame {
        match message {
            ToSession::Reply { id, result } => self.answer(id, result.map(drop).map_err(wire::error_code)),
            ToSession::Notice { call, notice } => {
                let frame = wire::notice(self.replay.next(), call, notice);
                // How it sounded tells nothing later.
                if !matches!(frame, ServerFrame::CallQuality { .. }) {
                    self.replay.keep(frame.clone());
                }
                frame
            }
        }
    }

    fn answer(&mut self, id: String, result: Result<(), ErrorCode>) -> ServerFrame {
        let frame = answer_of(id.clone(), result);
        self.answers.end(&id, &frame);
        frame
    }

    /// The calls have let go of this session: the node stops, or the browser read too slowly.
    async fn bye(&mut self, socket: &mut Socket) -> Over {
        let reason = if self.node.is_stopping() { "drain" } else { "overloaded" };
        let retry_after_s = Some(rand::rng().random_range(1..=RETURN_SPREAD_S));
        let data = Bye {
            reason: reason.to_owned(),
            action: ByeAction::Reconnect,
            retry_after_s,
            alternate_url: None,
        };
        // The close says it as well.
        let _ = socket.send(&ServerFrame::Bye { seq: self.replay.next(), data }).await;
        socket.close(GOING_AWAY, reason).await
    }
}

fn answer_of(id: String, result: Result<(), ErrorCode>) -> ServerFrame {
    match result {
        Ok(()) => ServerFrame::Ok { id, data: Empty {} },
        Err(code) => ServerFrame::Error { id: Some(id), data: code.into() },
    }
}
