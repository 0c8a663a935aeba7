package storage

import (
	lru "container/list"
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// statementsKey is where a connection keeps its prepared statements.
const statementsKey = "roster.statements"

// postgresStatements are what is known of one connection: the statements that it
// has prepared, the least recently used of which go first, since filters make any
// number of them.
type postgresStatements struct {
	byText map[string]*lru.Element // of *postgresStatement
	recent *lru.List               // front: used last
	next   int
	// tenant is what the connection's setting of it says outside of transactions that
	// have one of their own. None is kept unless it is known that no proxy, which may
	// lead the next transaction elsewhere, stands in between.
	tenant string
	own    bool
}

// unknownTenant is that of a connection where nobody knows whether what set it stands.
const unknownTenant = "unknown"

// postgresStatement is a statement that the server has seen. Without a name only
// its description is kept, and the text is sent each time.
type postgresStatement struct {
	text    string
	about   *pgconn.StatementDescription
	formats []int16 // of the results
	values  postgresValues
}

func statementsOf(c *pgx.Conn) *postgresStatements {
	data := c.PgConn().CustomData()
	if kept, ok := data[statementsKey].(*postgresStatements); ok {
		return kept
	}
	kept := &postgresStatements{byText: map[string]*lru.Element{}, recent: lru.New()}
	data[statementsKey] = kept
	return kept
}

// prepare returns what the connection knows of each statement, nil of a plain
// one. What it has not seen yet costs a round trip, once.
func (s *postgresSession) prepare(ctx context.Context, statements []*statement) ([]*postgresStatement, error) {
	found := make([]*postgresStatement, len(statements))
	kept := statementsOf(s.conn.Conn())
	for i, st := range statements {
		if st.plain {
			continue
		}
		if e, ok := kept.byText[st.query]; ok {
			kept.recent.MoveToFront(e)
			found[i] = e.Value.(*postgresStatement)
			continue
		}
		fresh, err := s.describe(ctx, kept, st.query)
		if err != nil {
			return nil, err
		}
		found[i] = fresh
	}
	return found, s.forgetOldest(ctx, kept)
}

func (s *postgresSession) describe(ctx context.Context, kept *postgresStatements, text string) (*postgresStatement, error) {
	if s.begun && len(s.queue) > 0 { // the transaction may have failed up to a savepoint in the queue
		if err := s.run(ctx, nil, nil); err != nil {
			return nil, err
		}
	}
	name := ""
	if !s.engine.proxied {
		kept.next++
		name = "roster_" + strconv.Itoa(kept.next)
	}
	s.engine.trips.Add(1)
	about, err := s.conn.Conn().PgConn().Prepare(ctx, name, text, nil)
	if err != nil {
		return nil, fmt.Errorf("prepare statement: %w", err)
	}
	st := &postgresStatement{text: text, about: about, formats: make([]int16, len(about.Fields))}
	types := s.conn.Conn().TypeMap()
	for i, f := range about.Fields {
		st.formats[i] = types.FormatCodeForOID(f.DataTypeOID)
	}
	kept.byText[text] = kept.recent.PushFront(st)
	return st, nil
}

// forgetOldest keeps the number of statements bounded. A batch may have more
// than that: what it uses was moved to the front.
func (s *postgresSession) forgetOldest(ctx context.Context, kept *postgresStatements) error {
	for kept.recent.Len() > maxStatements {
		oldest := kept.recent.Remove(kept.recent.Back()).(*postgresStatement)
		delete(kept.byText, oldest.text)
		if oldest.about.Name == "" {
			continue
		}
		if err := s.conn.Conn().PgConn().Deallocate(ctx, oldest.about.Name); err != nil {
			return fmt.Errorf("forget statement: %w", err)
		}
	}
	return nil
}

// send puts the statement into a pipeline.
func (st *postgresStatement) send(p *pgconn.Pipeline, types *pgtype.Map, args []any) error {
	if err := st.values.build(types, st.about, args); err != nil {
		return err
	}
	if st.about.Name == "" {
		p.SendQueryParams(st.text, st.values.raw, st.about.ParamOIDs, st.values.formats, st.formats)
		return nil
	}
	p.SendQueryStatement(st.about, st.values.raw, st.values.formats, st.formats)
	return nil
}
