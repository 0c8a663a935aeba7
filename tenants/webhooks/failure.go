package webhooks

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/roster-scim/roster/authz"
)

// maxRetryAfter bounds how long a receiver may ask to be left alone.
const maxRetryAfter = 24 * time.Hour

// judge finds out whether an answer is good, and how to say what is not.
func (a *attempt) judge(answer *http.Response) {
	said := "it answers " + strconv.Itoa(a.status)
	if text := http.StatusText(a.status); text != "" {
		said += " " + text
	}
	switch {
	case a.status >= 200 && a.status < 300:
		return
	case a.status >= 300 && a.status < 400:
		a.failure = said + "; redirects are not followed, so enter the address that answers by itself"
		if to := answer.Header.Get("Location"); to != "" {
			a.failure = said + " to " + clip(readable(to), keptHeader) +
				"; redirects are not followed, so enter the address that answers by itself"
		}
	case a.status == http.StatusGone:
		a.failure = said + ": it wants no more messages"
	default:
		a.failure = said
	}
	if a.wait = retryAfter(answer.Header.Get("Retry-After"), a.at); a.wait > 0 {
		a.failure += ", and asks to wait " + a.wait.Round(time.Second).String()
	}
}

// retryAfter is how long a header asks to wait, in either of its forms (RFC 9110
// section 10.2.3), at most maxRetryAfter.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseUint(header, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	}
	if header != "" && strings.Trim(header, "0123456789") == "" {
		return maxRetryAfter // more than fits
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// describe says in words why there was no answer.
func describe(err error, timeout time.Duration) string {
	if e, ok := errors.AsType[*authz.AddressError](err); ok {
		return fmt.Sprintf("%s is not a public address; whoever runs Roster can allow its network (ROSTER_WEBHOOK_ALLOW)", e.Addr)
	}
	if text := describeTLS(err); text != "" {
		return text
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && !timedOut(err) {
		if e.IsNotFound {
			return "there is no host with the name " + readable(e.Name)
		}
		return fmt.Sprintf("the name %s could not be looked up: %s", readable(e.Name), readable(e.Err))
	}
	switch {
	case timedOut(err):
		return fmt.Sprintf("no answer within %s", timeout)
	case errors.Is(err, context.Canceled):
		return "the attempt was cut off because this server stops"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens at that address: the connection was refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "the host cannot be reached from here"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection broke before there was an answer"
	}
	return "no answer: " + clip(readable(innermost(err)), keptHeader)
}

func timedOut(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout()
}

// describeTLS says what is wrong with a certificate, "" if that is not it.
func describeTLS(err error) string {
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the certificate is not valid for " + readable(e.Host)
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if e.Reason == x509.Expired {
			return "the certificate has expired or is not valid yet"
		}
		return "the certificate is not valid: " + readable(e.Error())
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "the certificate is from an authority that is not trusted here; often an intermediate one is missing at the receiver"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "it does not speak TLS at that port"
	}
	// Whatever the other side has against the handshake comes like this.
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "remote error" {
		return "the TLS handshake failed: " + readable(innermost(e))
	}
	return ""
}

// innermost is an error without what it is wrapped in, which names the address
// again.
func innermost(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
