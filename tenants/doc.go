// Package tenants is the control plane's domain: tenants, their connections and
// the connections' tokens, and the decision whether a SCIM request is let in.
package tenants
