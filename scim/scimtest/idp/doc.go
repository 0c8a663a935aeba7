// Package idp simulates identity providers: it makes a company up and provisions
// it into any SCIM 2.0 server the way Okta, Entra ID and others would, with their headers,
// filters, PATCH forms and order of calls. Every answer is checked, and at the end
// the whole directory is read back and compared with what was sent. It uses the
// standard library only.
package idp
