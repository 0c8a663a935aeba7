package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/roster-scim/roster/storage"
)

// doctorCommand looks for what would keep a server from working. It changes
// nothing.
type doctorCommand struct{}

// verdict is how a check ended.
type verdict string

const (
	good    verdict = "ok"
	note    verdict = "note" // worth knowing, nothing to do
	warning verdict = "warning"
	bad     verdict = "failed"
)

// finding is the result of one check.
type finding struct {
	Check   string  `json:"check"`
	Verdict verdict `json:"verdict"`
	Detail  string  `json:"detail"`
	Remedy  string  `json:"remedy,omitempty"`
}

// Run implements the command. It exits 1 if a check failed.
func (doctorCommand) Run(ctx context.Context, config *Config, out *output) error {
	findings := []finding{checkSettings(config)}
	switch {
	case config.checkDatabase() != nil: // as the settings check says
	case config.postgres():
		findings = append(findings, checkPostgres(ctx, config)...)
		if config.checkRedis() == nil {
			findings = append(findings, checkRedisServer(ctx, config))
		}
	default:
		findings = append(findings, checkFile(config), checkSchema(ctx, config), checkMasterKey(config))
	}
	findings = append(findings, checkClock(config, time.Now()), checkServer(ctx, config))
	answer := struct {
		OK     bool      `json:"ok"`
		Checks []finding `json:"checks"`
	}{true, findings}
	for _, f := range findings {
		answer.OK = answer.OK && f.Verdict != bad
	}
	err := out.print(answer, func(w io.Writer) { printFindings(w, findings, answer.OK) })
	if err == nil && !answer.OK {
		return &reportedError{}
	}
	return err
}

func printFindings(w io.Writer, findings []finding, ok bool) {
	rows := views(findings, func(f finding) []string { return []string{string(f.Verdict), f.Check, firstLine(f.Detail)} })
	table(w, []string{"", "CHECK", "RESULT"}, rows)
	for _, f := range findings {
		if f.Remedy != "" {
			fmt.Fprintf(w, "\n%s: %s\n", f.Check, f.Remedy)
		}
	}
	if ok {
		fmt.Fprintln(w, "\nNothing keeps a server from working.")
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func checkSettings(c *Config) finding {
	f := finding{Check: "settings"}
	if err := c.Check(); err != nil {
		f.Verdict, f.Detail, f.Remedy = bad, "refused", err.Error()
		return f
	}
	public := c.publicURL(c.Listen)
	f.Verdict, f.Detail = good, "public URL "+public
	if strings.Contains(public, "_") {
		f.Verdict, f.Remedy = warning, "Okta refuses a base URL with an underscore in it; give ROSTER_PUBLIC_URL another host name."
	}
	return f
}

// checkFile looks whether the process may write where SQLite keeps its files.
func checkFile(c *Config) finding {
	f := finding{Check: "database file"}
	path := c.sqliteFile()
	directory := filepath.Dir(path)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		f.Verdict, f.Detail = note, path+" is not there yet; the first start makes it"
		return f
	case err != nil || !info.Mode().IsRegular():
		f.Verdict, f.Detail = bad, path+" cannot be used as a file"
		f.Remedy = "Give ROSTER_DATABASE_URL the path of a file that this user may read and write."
		return f
	}
	log := tryFile(storage.SQLiteLog(path))
	if errors.Is(log, fs.ErrNotExist) { // the next start makes it
		log = nil
	}
	if err := errors.Join(tryFile(path), log, tryDirectory(directory)); err != nil {
		f.Verdict, f.Detail = bad, "no write access: "+err.Error()
		f.Remedy = fmt.Sprintf("Make %s and everything in it writable for the user that runs Roster; SQLite writes files beside the database.", directory)
		return f
	}
	f.Verdict, f.Detail = good, path+" can be written"
	return f
}

func tryFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the path is the operator's own setting
	if err != nil {
		return err
	}
	return file.Close()
}

func tryDirectory(directory string) error {
	file, err := os.CreateTemp(directory, ".doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

func checkSchema(ctx context.Context, c *Config) finding {
	f := finding{Check: "schema"}
	if _, err := os.Stat(c.sqliteFile()); err != nil {
		f.Verdict, f.Detail = note, "there is no database yet" // opening it would make one
		return f
	}
	err := withDatabase(ctx, c, func(db *storage.DB) error {
		status, err := db.SchemaStatus(ctx)
		if err != nil {
			return err
		}
		f.Detail = fmt.Sprintf("version %d, this build needs %d", status.Current, status.Wanted)
		return status.Err()
	})
	switch {
	case err == nil:
		f.Verdict = good
	case errors.Is(err, storage.ErrSchemaOld):
		f.Verdict, f.Remedy = warning, "Run roster migrate up, or just roster serve, which does it on start."
	case errors.Is(err, storage.ErrSchemaNew):
		f.Verdict, f.Remedy = bad, "A newer Roster has used this database; run that one."
	default:
		f.Verdict, f.Detail = bad, err.Error()
		f.Remedy = "The file cannot be read as a database of Roster. Give ROSTER_DATABASE_URL the right path, or restore a backup."
	}
	return f
}

func checkMasterKey(c *Config) finding {
	f := finding{Check: "master key"}
	if c.MasterKey != "" {
		f.Verdict, f.Detail = good, "given by ROSTER_MASTER_KEY"
		return f
	}
	switch _, err := readKey(c.keyFile()); {
	case errors.Is(err, fs.ErrNotExist):
		f.Verdict, f.Detail = note, "the first start makes "+c.keyFile()
	case err != nil:
		f.Verdict, f.Detail, f.Remedy = bad, "unusable", err.Error()
	default:
		f.Verdict, f.Detail = good, c.keyFile()+"; back it up too, apart from the database"
	}
	return f
}

// checkClock compares the clock with what must lie in the past. Ids begin with
// the time, and tokens expire by it.
func checkClock(c *Config, now time.Time) finding {
	const remedy = "Set the clock (for instance with NTP): tokens expire by it and ids begin with it."
	f := finding{Check: "clock", Verdict: good, Detail: now.UTC().Format(time.RFC3339)}
	built := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	if now.Before(built) {
		f.Verdict, f.Detail, f.Remedy = bad, f.Detail+" lies before this program was written", remedy
		return f
	}
	if info, err := os.Stat(c.sqliteFile()); err == nil && info.ModTime().After(now.Add(time.Minute)) {
		f.Verdict, f.Remedy = bad, remedy
		f.Detail += " lies before the last write to the database, " + info.ModTime().UTC().Format(time.RFC3339)
	}
	return f
}

// checkServer asks the admin address. That no server runs is no fault.
func checkServer(ctx context.Context, c *Config) finding {
	f := finding{Check: "server", Verdict: note, Detail: "none answers at " + c.AdminListen}
	if c.AdminListen == adminOff {
		f.Detail = "not asked: ROSTER_ADMIN_LISTEN is off"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.AdminListen+"/readyz", http.NoBody)
	if err != nil {
		return f // the settings check says what is wrong with the address
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return f
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		f.Verdict, f.Detail = good, "ready"
		return f
	}
	f.Verdict, f.Detail = warning, "answers "+response.Status
	f.Remedy = "Something answers at ROSTER_ADMIN_LISTEN and is not ready; its log says why."
	return f
}
