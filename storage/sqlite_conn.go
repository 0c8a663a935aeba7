package storage

import (
	lru "container/list"
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"
)

// maxStatements is how many prepared statements a connection keeps.
const maxStatements = 256

// sqliteConn is one connection with the statements prepared on it, the least
// recently used of which go first. One goroutine uses it at a time. It talks to
// the driver itself: database/sql costs as much as a short statement.
type sqliteConn struct {
	raw    sqliteDriverConn
	stmts  map[string]*lru.Element // of *prepared
	recent *lru.List               // front: used last
	args   []sqldriver.NamedValue  // of the statement that runs, kept for the next

	relaxed bool      // commits do not wait for the disk
	synced  time.Time // when one did
}

// sqliteDriverConn and sqliteStmt are what the driver's connections and statements
// can do besides what they must.
type (
	sqliteDriverConn interface {
		sqldriver.Conn
		sqldriver.ConnPrepareContext
		sqldriver.ExecerContext
	}
	sqliteStmt interface {
		sqldriver.Stmt
		sqldriver.StmtExecContext
		sqldriver.StmtQueryContext
	}
)

func newSQLiteConn(c sqldriver.Conn) (*sqliteConn, error) {
	raw, ok := c.(sqliteDriverConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's %T lacks methods", c), c.Close())
	}
	return &sqliteConn{raw: raw, stmts: map[string]*lru.Element{}, recent: lru.New()}, nil
}

func (c *sqliteConn) prepare(ctx context.Context, query string) (*prepared, error) {
	if e, ok := c.stmts[query]; ok {
		c.recent.MoveToFront(e)
		return e.Value.(*prepared), nil
	}
	stmt, err := c.raw.PrepareContext(ctx, planOnce(query))
	if err != nil {
		return nil, fmt.Errorf("prepare statement: %w", err)
	}
	p := &prepared{query: query, stmt: stmt.(sqliteStmt)}
	c.stmts[query] = c.recent.PushFront(p)
	if c.recent.Len() > maxStatements {
		oldest := c.recent.Remove(c.recent.Back()).(*prepared)
		delete(c.stmts, oldest.query)
		_ = oldest.stmt.Close() // finalising repeats the statement's last error, which was reported
	}
	return p, nil
}

// planOnce keeps SQLite from looking at bound values to choose a plan: it would make
// a new plan whenever one is bound, even the same value again, which takes several
// times as long as most statements. It looks at limits, and at what may be the
// condition of a partial index.
func planOnce(query string) string {
	return boundEqual.ReplaceAllString(boundLimit.ReplaceAllString(query, "limit ($1 + 0)"), "= +$1")
}

var (
	boundLimit = regexp.MustCompile(`\blimit (\$[0-9]+)`)
	boundEqual = regexp.MustCompile(`= (\$[0-9]+)`)
)

// relax says whether commits on the connection, which writes, wait for the disk.
// In WAL mode the file stays whole either way. A statement of this kind takes
// effect when it is prepared, so it is not kept.
func (c *sqliteConn) relax(ctx context.Context, relaxed bool) error {
	if c.relaxed == relaxed {
		return nil
	}
	statement := "pragma synchronous = full"
	if relaxed {
		statement = "pragma synchronous = normal"
	}
	_, err := c.raw.ExecContext(ctx, statement, nil)
	if err == nil {
		c.relaxed = relaxed
	}
	return err
}

// control carries out a statement on transactions. Nothing interrupts it: broken
// off half-way it would leave open which state the connection is in.
func (c *sqliteConn) control(text string) error {
	return c.carryOut(context.Background(), &statement{query: text})
}

// sendAll carries out the statements of a batch.
func (c *sqliteConn) sendAll(ctx context.Context, b *batch) error {
	for _, st := range b.statements {
		if err := c.carryOut(ctx, st); err != nil {
			if st.conflict != nil && isSQLiteUnique(err) {
				return st.conflict
			}
			return err
		}
	}
	return nil
}

func (c *sqliteConn) carryOut(ctx context.Context, st *statement) error {
	p, err := c.prepare(ctx, st.query)
	if err != nil {
		return err
	}
	if err := c.bind(st.args); err != nil {
		return err
	}
	defer clear(c.args)
	if st.scan != nil {
		return p.each(ctx, c.args, st.scan)
	}
	result, err := p.stmt.ExecContext(ctx, c.args)
	if err == nil {
		st.affected, err = result.RowsAffected()
	}
	return err
}

// bind makes arguments what the driver takes.
func (c *sqliteConn) bind(args []any) (err error) {
	c.args = c.args[:0]
	for i, arg := range args {
		bound := sqldriver.NamedValue{Ordinal: i + 1}
		switch arg := arg.(type) {
		case string, int64, []byte, bool, nil:
			bound.Value = arg
		case int:
			bound.Value = int64(arg)
		default:
			if bound.Value, err = sqldriver.DefaultParameterConverter.ConvertValue(arg); err != nil {
				return fmt.Errorf("argument %d: %w", i+1, err)
			}
		}
		c.args = append(c.args, bound)
	}
	return nil
}

func (c *sqliteConn) close() error {
	for e := c.recent.Front(); e != nil; e = e.Next() {
		_ = e.Value.(*prepared).stmt.Close() // as in prepare
	}
	return c.raw.Close()
}

// prepared is a statement, and the row that it is at.
type prepared struct {
	query string
	stmt  sqliteStmt
	row   []sqldriver.Value
}

// each calls scan with every row. The driver interrupts a statement that has not
// come to its first row.
func (p *prepared) each(ctx context.Context, args []sqldriver.NamedValue, scan func(scanner) error) (err error) {
	rows, err := p.stmt.QueryContext(ctx, args)
	if err != nil {
		return err
	}
	defer func() {
		clear(p.row)
		if closing := rows.Close(); err == nil {
			err = closing
		}
	}()
	if p.row == nil {
		p.row = make([]sqldriver.Value, len(rows.Columns()))
	}
	for {
		if err := rows.Next(p.row); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := scan(p); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Scan implements scanner.
func (p *prepared) Scan(dest ...any) error {
	if len(dest) != len(p.row) {
		return fmt.Errorf("expected %d destination arguments in Scan, not %d", len(p.row), len(dest))
	}
	for i, value := range p.row {
		if err := assign(dest[i], value); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}
