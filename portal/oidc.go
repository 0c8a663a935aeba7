package portal

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/roster-scim/roster/tenants/login"
)

const (
	providerTimeout   = 10 * time.Second // of one step of a sign-in
	maxProviderAnswer = 1 << 20          // bytes
	maxIssuedAgo      = 10 * time.Minute // of an identity token
)

// OIDC is how staff sign in: with an OpenID provider of the vendor's.
type OIDC struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       []string // besides openid
	Rules        []login.ClaimRule
	Transport    http.RoundTripper // nil: http.DefaultTransport
}

// staffProvider is the OpenID provider. It is discovered when somebody first
// signs in: Roster starts without it, and goes on when it is away.
type staffProvider struct {
	OIDC
	redirect string
	client   *http.Client

	mu    sync.Mutex
	known *oidc.Provider
}

// Refusals of a sign-in.
var (
	errProviderAway = errors.New("the identity provider does not answer")
	errSignIn       = errors.New("the sign-in is refused")
)

func newStaffProvider(o OIDC, publicURL string) *staffProvider {
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	return &staffProvider{
		OIDC: o, redirect: publicURL + callbackPath,
		client: &http.Client{Timeout: providerTimeout, Transport: boundedAnswers{o.Transport}},
	}
}

// boundedAnswers cuts answers off that are larger than any of a provider.
type boundedAnswers struct{ http.RoundTripper }

func (b boundedAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, maxProviderAnswer), answer.Body}
	}
	return answer, err
}

// provider discovers the provider, once. A failure is not remembered.
func (s *staffProvider) provider(ctx context.Context) (*oidc.Provider, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known != nil {
		return s.known, nil
	}
	found, err := oidc.NewProvider(ctx, s.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errProviderAway, err)
	}
	s.known = found
	return found, nil
}

func (s *staffProvider) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: s.ClientID, ClientSecret: s.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: s.redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, s.Scopes...),
	}
}

// begin returns where to send somebody who signs in.
func (s *staffProvider) begin(ctx context.Context, try *signInTry) (string, error) {
	ctx, cancel := s.step(ctx)
	defer cancel()
	p, err := s.provider(ctx)
	if err != nil {
		return "", err
	}
	return s.oauth(p).AuthCodeURL(try.State, oidc.Nonce(try.Nonce), oauth2.S256ChallengeOption(try.Verifier)), nil
}

// finish exchanges the code that somebody came back with and says who they are.
// The errors are errProviderAway and errSignIn.
func (s *staffProvider) finish(ctx context.Context, try *signInTry, code string) (login.Staff, error) {
	ctx, cancel := s.step(ctx)
	defer cancel()
	p, err := s.provider(ctx)
	if err != nil {
		return login.Staff{}, err
	}
	token, err := s.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(try.Verifier))
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refusal.Response.StatusCode < http.StatusInternalServerError {
		return login.Staff{}, fmt.Errorf("%w: the provider does not take the code: %s", errSignIn, clip(refusal.ErrorCode))
	}
	if err != nil {
		return login.Staff{}, fmt.Errorf("%w: %w", errProviderAway, err)
	}
	text, ok := token.Extra("id_token").(string)
	if !ok {
		return login.Staff{}, fmt.Errorf("%w: the provider gave no id_token", errSignIn)
	}
	identity, err := p.Verifier(&oidc.Config{ClientID: s.ClientID}).Verify(ctx, text)
	if err != nil {
		return login.Staff{}, fmt.Errorf("%w: %w", errSignIn, err)
	}
	return s.staff(identity, try)
}

func (s *staffProvider) step(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, providerTimeout)
	return oidc.ClientContext(ctx, s.client), cancel
}

// staff reads an identity token whose signature, issuer, audience and expiry are
// good.
func (s *staffProvider) staff(identity *oidc.IDToken, try *signInTry) (login.Staff, error) {
	if subtle.ConstantTimeCompare([]byte(identity.Nonce), []byte(try.Nonce)) != 1 {
		return login.Staff{}, fmt.Errorf("%w: the id_token is of another sign-in", errSignIn)
	}
	if time.Since(identity.IssuedAt) > maxIssuedAgo {
		return login.Staff{}, fmt.Errorf("%w: the id_token is too old", errSignIn)
	}
	claims := map[string]any{}
	if err := identity.Claims(&claims); err != nil {
		return login.Staff{}, fmt.Errorf("%w: %w", errSignIn, err)
	}
	// OpenID Connect Core section 3.1.3.7: of several audiences, azp is who it is for.
	if party, said := claims["azp"]; said && party != s.ClientID || !said && len(slices.Compact(identity.Audience)) > 1 {
		return login.Staff{}, fmt.Errorf("%w: the id_token is for another client", errSignIn)
	}
	who := login.Staff{Subject: identity.Subject, Roles: login.RolesOf(s.Rules, claims)}
	for _, name := range []string{"name", "preferred_username"} {
		if text, ok := claims[name].(string); ok && who.Name == "" {
			who.Name = text
		}
	}
	if verified, said := claims["email_verified"]; !said || verified == true || verified == "true" {
		who.Email, _ = claims["email"].(string)
	}
	return who, nil
}
