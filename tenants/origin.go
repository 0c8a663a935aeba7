package tenants

import "context"

// Origin says who causes a change of the control plane. Storage keeps it in the
// audit row and the event.
type Origin struct {
	Actor     string // the public id of the principal: "key01…", "ses01…", or "command", "system"
	ActorName string // what people call it
	Address   string // the client's address
	UserAgent string
	RequestID string
}

type originKey struct{}

// System is the origin of what nobody asked for at the time.
var System = Origin{Actor: "system", ActorName: "Roster"}

// As returns a context whose changes are made by the origin.
func As(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf returns who makes the changes of a context; without As, Roster does.
func OriginOf(ctx context.Context) Origin {
	if o, ok := ctx.Value(originKey{}).(Origin); ok {
		return o
	}
	return System
}
