package tenants

import "time"

// GateAt is a Gate whose clock stands still.
func GateAt(credentials CredentialStore, at time.Time) *Gate {
	return &Gate{credentials: credentials, now: func() time.Time { return at }}
}
