package login

import (
	"cmp"
	"context"
	"errors"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/tenants"
)

// Invitation is a link as somebody who has its code may see it.
type Invitation struct {
	Link        *Link
	State       LinkState
	Tenant      string              // its name; "" for staff
	Permissions authz.PermissionSet // what the session will be able to do, if the link still works
}

// InvitedLink is a link that was looked up by its code.
type InvitedLink struct {
	Link
	TenantName string
	// Gone: its tenant or connection is deleted, or it never existed.
	Gone           bool
	PolicyRevision int64
}

// OpeningStore is what opening a link needs. The link is one that LinkByCode has
// returned.
type OpeningStore interface {
	// LinkByCode returns the link with a code. Errors: tenants.ErrNotFound.
	LinkByCode(ctx context.Context, hash tenants.SecretHash) (*InvitedLink, error)
	// RecordOpening keeps an opening, unless the link has most of them already.
	RecordOpening(ctx context.Context, l *Link, o Opening, most int) error
	// RefuseEmail counts a wrong address and returns how many there were; the
	// last one that is allowed revokes the link. Errors: tenants.ErrNotFound if
	// the link does not work any more.
	RefuseEmail(ctx context.Context, l *Link, o Opening, most int) (tries int, err error)
	// UseLink uses a link up and begins a session, both or neither. Of many at
	// once exactly one succeeds. Errors: tenants.ErrNotFound if the link does not
	// work any more.
	UseLink(ctx context.Context, l *Link, o Opening, session *Session) error
}

// DeadLinkError says that a link does not work any more.
type DeadLinkError struct{ Invitation Invitation }

func (e *DeadLinkError) Error() string { return "the link is " + string(e.Invitation.State) }

// WrongEmailError says that a link is for another address.
type WrongEmailError struct {
	Invitation Invitation
	Left       int // how many more addresses may be tried
}

func (e *WrongEmailError) Error() string { return "the link is for another address" }

// Invitation says what a code opens, and that it was looked at. It never uses the
// link up. The error is tenants.ErrNotFound for what opens nothing and never did.
func (s *Service) Invitation(ctx context.Context, code string) (*Invitation, error) {
	l, err := s.byCode(ctx, code)
	if err != nil {
		return nil, err
	}
	invitation, err := s.invitation(ctx, l)
	if err != nil {
		return nil, err
	}
	outcome := cmp.Or(invitation.refusal(), Shown)
	return invitation, s.Store.RecordOpening(ctx, &l.Link, s.opening(ctx, outcome), maxOpenings)
}

// OpenLink exchanges a code for a session, once. The errors are *DeadLinkError,
// *WrongEmailError, and tenants.ErrNotFound.
func (s *Service) OpenLink(ctx context.Context, code, email string) (*Started, error) {
	l, err := s.byCode(ctx, code)
	if err != nil {
		return nil, err
	}
	invitation, err := s.invitation(ctx, l)
	if err != nil {
		return nil, err
	}
	if refusal := invitation.refusal(); refusal != outcomeNone {
		err := s.Store.RecordOpening(ctx, &l.Link, s.opening(ctx, refusal), maxOpenings)
		return nil, orElse(err, &DeadLinkError{*invitation})
	}
	if l.Email != "" && !sameEmail(l.Email, email) {
		return nil, s.refuseEmail(ctx, code, invitation)
	}
	started, err := s.sign(s.invited(ctx, &l.Link))
	if err != nil {
		return nil, err
	}
	err = s.Store.UseLink(asSession(ctx, started.Session), &l.Link, s.opening(ctx, Opened), started.Session)
	if err != nil {
		return nil, s.lost(ctx, code, err)
	}
	return started, nil
}

// DeclineLink revokes a link because whoever opened it says that it is not for
// them.
func (s *Service) DeclineLink(ctx context.Context, code string) error {
	l, err := s.byCode(ctx, code)
	if err != nil {
		return err
	}
	if state := l.State(s.now()); state != LinkActive {
		invitation, err := s.invitation(ctx, l)
		return orElse(err, &DeadLinkError{*invitation})
	}
	if err := s.Store.RecordOpening(ctx, &l.Link, s.opening(ctx, NotTheirs), maxOpenings+1); err != nil {
		return err
	}
	o := tenants.OriginOf(ctx)
	o.Actor, o.ActorName = l.ID.String(), ByInvitee
	return s.Store.RevokeLink(tenants.As(ctx, o), l.TenantID, l.ID, ByInvitee)
}

// byCode looks a code up. What was never given out is refused by its form.
func (s *Service) byCode(ctx context.Context, code string) (*InvitedLink, error) {
	secret, ok := tenants.ParseSecret(tenants.LinkSecret, code)
	if !ok {
		return nil, tenants.ErrNotFound
	}
	l, err := s.Store.LinkByCode(ctx, secret.Hash())
	if err == nil && l.Gone {
		return nil, tenants.ErrNotFound
	}
	return l, err
}

// invitation says what the link's session will be able to do, as long as there
// can be one.
func (s *Service) invitation(ctx context.Context, l *InvitedLink) (*Invitation, error) {
	i := &Invitation{Link: &l.Link, State: l.State(s.now()), Tenant: l.TenantName}
	if i.State != LinkActive {
		return i, nil
	}
	p := authz.Principal{Kind: authz.KindPortal, TenantID: l.TenantID.String(), Roles: l.Roles, PolicyRevision: l.PolicyRevision}
	if l.TenantID.IsZero() {
		p.Kind = authz.KindStaff
	}
	var err error
	i.Permissions, err = s.Decider.PermissionsOf(ctx, p, p.TenantID)
	return i, err
}

// refusal is the outcome of opening the link now, outcomeNone if it works.
func (i *Invitation) refusal() Outcome {
	switch i.State {
	case LinkUsed:
		return WasUsed
	case LinkExpired:
		return WasExpired
	case LinkRevoked:
		return WasRevoked
	}
	return outcomeNone
}

func (s *Service) refuseEmail(ctx context.Context, code string, i *Invitation) error {
	o := tenants.OriginOf(ctx)
	o.Actor, o.ActorName = i.Link.ID.String(), ByTries
	tries, err := s.Store.RefuseEmail(tenants.As(ctx, o), i.Link, s.opening(ctx, WrongEmail), maxTries)
	if err != nil {
		return s.lost(ctx, code, err)
	}
	if tries >= maxTries {
		return s.lost(ctx, code, tenants.ErrNotFound)
	}
	return &WrongEmailError{*i, maxTries - tries}
}

// lost says what became of a link while this opening of it was under way.
func (s *Service) lost(ctx context.Context, code string, err error) error {
	if !errors.Is(err, tenants.ErrNotFound) {
		return err
	}
	l, err := s.byCode(ctx, code)
	if err != nil {
		return err
	}
	i, err := s.invitation(ctx, l)
	if err != nil {
		return err
	}
	outcome := i.refusal()
	if outcome == outcomeNone {
		return tenants.ErrNotFound
	}
	err = s.Store.RecordOpening(ctx, i.Link, s.opening(ctx, outcome), maxOpenings)
	return orElse(err, &DeadLinkError{*i})
}

// invited is the session that a link gives.
func (s *Service) invited(ctx context.Context, l *Link) *Session {
	session := s.draft(ctx)
	session.TenantID, session.ConnectionID, session.LinkID = l.TenantID, l.ConnectionID, l.ID
	session.Subject, session.Email, session.Roles, session.ReturnURL = l.ID.String(), l.Email, l.Roles, l.ReturnURL
	switch {
	case l.Email != "":
		session.Name = l.Email
	case l.Inviter != "":
		session.Name = "Guest of " + l.Inviter
	default:
		session.Name = "Guest"
	}
	return session
}

func (s *Service) opening(ctx context.Context, outcome Outcome) Opening {
	o := tenants.OriginOf(ctx)
	return Opening{At: s.now(), Address: o.Address, UserAgent: o.UserAgent, Outcome: outcome}
}
