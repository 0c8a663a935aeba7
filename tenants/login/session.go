package login

import (
	"context"
	"fmt"
	"time"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// How long a session lives: this long after its last use, and this long in all.
const (
	idleTime    = time.Hour
	sessionTime = 6 * time.Hour
)

// Session is somebody who signed in.
type Session struct {
	ID             tenants.SessionID
	TenantID       tenants.TenantID     // zero: staff
	ConnectionID   tenants.ConnectionID // zero: the whole tenant
	ConnectionName string               // as it is now; read only
	LinkID         tenants.LinkID       // that it came from; zero: none
	IssuerID       tenants.IssuerID     // whose JWT it came from; zero: none
	Subject        string               // who, as the link, the issuer or the sign-in says
	Name           string               // what people call them
	Email          string
	Roles          []string
	CreatedAt      time.Time
	ExpiresAt      time.Time
	SeenAt         time.Time // about a minute late, see Uses
	EndedAt        time.Time // zero: it was not ended
	EndedBy        string
	Address        string // where it was begun
	UserAgent      string
	ReturnURL      string // of its link; read only
}

// SessionState is what became of a session.
type SessionState string

// The states of a session. One that was ended and has expired is ended.
const (
	SessionActive  SessionState = "active"
	SessionEnded   SessionState = "ended"
	SessionExpired SessionState = "expired" // its time is over, or it was not used
)

// State returns the state of the session at a time.
func (s *Session) State(at time.Time) SessionState {
	switch {
	case !s.EndedAt.IsZero():
		return SessionEnded
	case past(s.ExpiresAt, at), past(s.SeenAt.Add(idleTime), at):
		return SessionExpired
	}
	return SessionActive
}

// IdleExpiresAt is when the session ends unless it is used.
func (s *Session) IdleExpiresAt() time.Time {
	if idle := s.SeenAt.Add(idleTime); idle.Before(s.ExpiresAt) {
		return idle
	}
	return s.ExpiresAt
}

// Started is a session that has just begun.
type Started struct {
	Session *Session
	Token   string // what is sent with each request
}

// Live selects the sessions that are live.
type Live struct{ ExpiresAfter, SeenAfter time.Time }

// SessionStore keeps sessions. Staff have the zero tenant.
type SessionStore interface {
	// StartSession stores a session.
	StartSession(ctx context.Context, session *Session) error
	// Session returns one session of a tenant or tenants.ErrNotFound.
	Session(ctx context.Context, tenant tenants.TenantID, id tenants.SessionID) (*Session, error)
	// ListSessions returns at most limit sessions that are older than one (the
	// zero id: from the newest), were not ended, expire behind a time and were
	// seen behind another, the newest first.
	ListSessions(ctx context.Context, tenant tenants.TenantID, live Live, before tenants.SessionID, limit int) ([]*Session, error)
	// EndSession ends a session; one that has ended keeps its first date. Errors:
	// tenants.ErrNotFound.
	EndSession(ctx context.Context, tenant tenants.TenantID, id tenants.SessionID) error
}

// Session returns one session of a tenant, or of staff for the zero tenant.
func (s *Service) Session(ctx context.Context, tenant tenants.TenantID, id tenants.SessionID) (*Session, error) {
	return s.Store.Session(ctx, tenant, id)
}

// ListSessions returns at most limit live sessions of a tenant, or of staff for
// the zero tenant, that are older than one, the newest first.
func (s *Service) ListSessions(ctx context.Context, tenant tenants.TenantID, before tenants.SessionID, limit int) ([]*Session, error) {
	at := s.now()
	return s.Store.ListSessions(ctx, tenant, Live{at, at.Add(-idleTime)}, before, limit)
}

// EndSession ends a session on every replica from its next request on.
func (s *Service) EndSession(ctx context.Context, tenant tenants.TenantID, id tenants.SessionID) error {
	return s.Store.EndSession(ctx, tenant, id)
}

// SignOut ends the session of a principal. An API key has none.
func (s *Service) SignOut(ctx context.Context, p authz.Principal) error {
	id, err := tenants.ParseSessionID(p.ID)
	if err != nil {
		return &tenants.RefusedError{Code: "no_session", Reason: "An API key has no session to end. Revoke the key instead."}
	}
	tenant := tenants.TenantID{}
	if p.TenantID != "" {
		if tenant, err = tenants.ParseTenantID(p.TenantID); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
	}
	return s.Store.EndSession(ctx, tenant, id)
}

// draft is a session that begins now, for whoever the context is about.
func (s *Service) draft(ctx context.Context) *Session {
	at, o := s.now(), tenants.OriginOf(ctx)
	return &Session{
		ID: tenants.NewSessionID(), CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(sessionTime),
		Address: o.Address, UserAgent: o.UserAgent,
	}
}

// sign makes the token of a session. It is made before the session is stored:
// what was used for it would otherwise be used up for nothing.
func (s *Service) sign(session *Session) (*Started, error) {
	token, err := s.Signer.Sign(authz.SessionClaims{
		SessionID: session.ID.String(), TenantID: session.TenantID.String(),
		IssuedAt: session.CreatedAt, ExpiresAt: session.ExpiresAt,
	})
	if err != nil {
		return nil, fmt.Errorf("start session: %w", err)
	}
	return &Started{session, token}, nil
}

// asSession is a context whose changes are made by a session that begins.
func asSession(ctx context.Context, session *Session) context.Context {
	o := tenants.OriginOf(ctx)
	o.Actor, o.ActorName = session.ID.String(), session.Name
	return tenants.As(ctx, o)
}
