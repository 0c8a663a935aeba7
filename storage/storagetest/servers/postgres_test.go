package servers

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func run(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func value[T any](t *testing.T, conn *pgx.Conn, sql string) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(t.Context(), sql).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func TestDatabaseIsCopyOfTemplate(t *testing.T) {
	t.Parallel()
	var prepared atomic.Int32
	tpl := Template{Name: "copy " + hexID(), Prepare: func(ctx context.Context, url string) error {
		prepared.Add(1)
		return execute(ctx, url, "create table fruit as select 'apple' as name")
	}}
	for range 3 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			conn := connect(t, Database(t, tpl))
			run(t, conn, "insert into fruit values ('pear')")
			if n := value[int](t, conn, "select count(*)::int from fruit"); n != 2 {
				t.Errorf("%d rows: databases must not share them", n)
			}
			if value[bool](t, conn, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user") {
				t.Error("the owner must not be above row-level security")
			}
			if owner := value[string](t, conn, "select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()"); owner != role {
				t.Errorf("owner %q", owner)
			}
		})
	}
	t.Cleanup(func() {
		if n := prepared.Load(); n != 1 {
			t.Errorf("prepared %d times", n)
		}
	})
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("owner", func(t *testing.T) {
		conn := connect(t, Database(t, Template{Name: "empty"}))
		name = value[string](t, conn, "select current_database()::text")
		_, err := pgx.Connect(t.Context(), PostgresURL(t)) // another connection does not keep it
		if err != nil {
			t.Fatal(err)
		}
	})
	conn := connect(t, PostgresURL(t))
	if value[bool](t, conn, "select exists (select from pg_database where datname = '"+name+"')") {
		t.Errorf("%s is still there", name)
	}
}

func TestUnfinishedTemplateIsMadeAnew(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	tpl := Template{Name: "unfinished " + hexID(), Prepare: func(ctx context.Context, url string) error {
		return errors.Join(execute(ctx, url, "create table half ()"), broken)
	}}
	if err := ensureTemplate(t.Context(), PostgresURL(t), tpl); !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	tpl.Prepare = nil
	conn := connect(t, Database(t, tpl))
	if value[bool](t, conn, "select to_regclass('half') is not null") {
		t.Error("a test got what a failed Prepare left behind")
	}
}

func TestTemplateIsMadeOnceAcrossProcesses(t *testing.T) {
	t.Parallel()
	super := PostgresURL(t)
	var made atomic.Int32
	tpl := Template{Name: "race " + hexID(), Prepare: func(context.Context, string) error { made.Add(1); return nil }}
	results := make(chan error)
	for range 4 { // below what this process remembers: as four processes would
		go func() {
			results <- withConn(t.Context(), super, func(conn *pgx.Conn) error {
				return underLock(t.Context(), conn, super, tpl)
			})
		}()
	}
	for range 4 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if n := made.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
}

func TestKilledPostgresKeepsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	p := NewPostgres(t)
	conn := connect(t, p.URL())
	run(t, conn, "create table kept as select 42 as answer")
	if fsync := value[string](t, conn, "show fsync"); fsync != "on" {
		t.Errorf("fsync is %s: a kill would prove nothing", fsync)
	}
	p.Kill()
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("a killed server answers")
	}
	p.Start()
	if got := value[int](t, connect(t, p.URL()), "select answer from kept"); got != 42 {
		t.Errorf("got %d", got)
	}
	p.Stop()
	p.Start()
	if !value[bool](t, connect(t, p.SuperURL()), "select rolsuper from pg_roles where rolname = current_user") {
		t.Error("SuperURL is not the superuser's")
	}
}

func TestPausedPostgresAnswersNobodyUntilResumed(t *testing.T) {
	t.Parallel()
	p := NewPostgres(t)
	conn := connect(t, p.URL())
	p.Pause()
	answer := make(chan error, 1)
	go func() { answer <- conn.Ping(context.Background()) }()
	select {
	case err := <-answer:
		t.Fatalf("a paused server answered: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	p.Resume()
	if err := <-answer; err != nil {
		t.Errorf("after Resume: %v", err)
	}
}
