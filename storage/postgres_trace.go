package storage

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// trace tells the tracer of the configuration, if there is one, about every
// statement of a round trip.
func (s *postgresSession) trace(ctx context.Context, control, statements []*statement) func(error) {
	tracer := s.engine.tracer
	if tracer == nil {
		return func(error) {}
	}
	started := make([]context.Context, 0, len(control)+len(statements))
	for _, list := range [][]*statement{control, statements} {
		for _, st := range list {
			started = append(started, tracer.TraceQueryStart(ctx, s.conn.Conn(), pgx.TraceQueryStartData{SQL: st.query, Args: st.args}))
		}
	}
	return func(err error) { //nolint:contextcheck // each statement has the context that the tracer gave it
		for _, ctx := range started {
			tracer.TraceQueryEnd(ctx, s.conn.Conn(), pgx.TraceQueryEndData{Err: err})
		}
	}
}
