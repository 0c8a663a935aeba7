package tenants

import "time"

// GateAt is a Gate whose clock stands still.
func GateAt(credentials CredentialStore, at time.Time) *Gate {
	return &Gate{credentials: credentials, now: func() time.Time { return at }}
}

// ServiceAt is a Service whose clock shows a time that the test sets.
func ServiceAt(store Store, at *time.Time) *Service {
	return &Service{store: store, now: func() time.Time { return *at }}
}
