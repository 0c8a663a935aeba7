package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/audit"
)

type auditCommand struct {
	Verify auditVerify `cmd:"" help:"Check that the audit logs are what was written: every row, in its place."`
	Export auditExport `cmd:"" help:"Write an audit log as one JSON object a line, oldest first."`
}

type (
	auditVerify struct {
		Tenant string `help:"One tenant's log alone, ten…, or installation. Default: all, those of deleted tenants too."`
		Head   string `placeholder:"NUMBER:HASH" help:"Where the log of --tenant ended before; it must still have that row."`
	}
	auditExport struct {
		Tenant string `required:"" help:"The tenant's id, ten…, or installation."`
	}
)

// installationLog is what the installation's own log is called on the command line.
const installationLog = "installation"

// logID is the tenant under which a log is kept.
func logID(text string) (string, error) {
	if text == installationLog {
		return audit.Installation, nil
	}
	id, err := tenants.ParseTenantID(text)
	if err != nil {
		return "", malformed("tenant", text, "ten")
	}
	return id.UUID(), nil
}

// verifiedLog is what became of one log, as the command answers it.
type verifiedLog struct {
	Tenant    string `json:"tenant"` // "ten…" or "installation"
	OK        bool   `json:"ok"`
	Rows      int64  `json:"rows"`
	Unchained int64  `json:"unchained"`
	Head      string `json:"head"` // "NUMBER:HASH"
	Break     int64  `json:"first_break,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// Run implements the command.
func (c *auditVerify) Run(ctx context.Context, config *Config, out *output) error {
	head, err := c.parse()
	if err != nil {
		return err
	}
	var logs []verifiedLog
	err = withMigrated(ctx, config, func(db *storage.DB) error {
		log := audit.NewLog(storage.NewAudit(db))
		check := func(id string) error {
			v, err := verifyLog(ctx, log, id, head)
			logs = append(logs, v)
			return err
		}
		if c.Tenant == "" {
			return log.EachLog(ctx, check)
		}
		id, err := logID(c.Tenant)
		if err != nil {
			return err
		}
		return check(id)
	})
	if err != nil {
		return err
	}
	return answerVerified(out, logs)
}

// parse reads the flags.
func (c *auditVerify) parse() (*audit.Head, error) {
	if c.Head == "" {
		return nil, nil //nolint:nilnil // there is nothing to compare with
	}
	if c.Tenant == "" {
		return nil, &usageError{"--head: say whose with --tenant"}
	}
	number, hash, _ := strings.Cut(c.Head, ":")
	n, numberErr := strconv.ParseInt(number, 10, 64)
	sum, hashErr := hex.DecodeString(hash)
	if numberErr != nil || hashErr != nil || n < 1 || len(sum) == 0 {
		return nil, &usageError{"--head: give the head that an earlier roster audit verify printed, NUMBER:HASH"}
	}
	return &audit.Head{Number: n, Hash: sum}, nil
}

func verifyLog(ctx context.Context, log *audit.Log, id string, head *audit.Head) (verifiedLog, error) {
	v, err := log.Verify(ctx, id)
	if err == nil && head != nil && v.OK() {
		err = log.Compare(ctx, id, *head, v)
	}
	if err != nil {
		return verifiedLog{}, err
	}
	name := installationLog
	if id != audit.Installation {
		name = tenants.PublicID("tenant", id)
	}
	view := verifiedLog{Tenant: name, OK: v.OK(), Rows: v.Rows, Unchained: v.Unchained,
		Head: fmt.Sprintf("%d:%s", v.Head.Number, hex.EncodeToString(v.Head.Hash))}
	if !v.OK() {
		view.Break, view.Reason = v.Break.Number, v.Break.Reason
	}
	return view, nil
}

// answerVerified prints the outcome; a broken log makes the command fail.
func answerVerified(out *output, logs []verifiedLog) error {
	ok := true
	for _, v := range logs {
		ok = ok && v.OK
	}
	answer := struct {
		OK   bool          `json:"ok"`
		Logs []verifiedLog `json:"logs"`
	}{ok, logs}
	err := out.print(answer, func(w io.Writer) {
		rows := views(logs, func(v verifiedLog) []string {
			state := "as written"
			if !v.OK {
				state = fmt.Sprintf("BROKEN at row %d: %s", v.Break, v.Reason)
			}
			return []string{v.Tenant, strconv.FormatInt(v.Rows, 10), state, v.Head}
		})
		table(w, []string{"LOG", "ROWS", "STATE", "HEAD"}, rows)
		if ok {
			fmt.Fprintln(w, "\nKeep the heads somewhere else: --head tells later whether a log was replaced as a whole.")
		}
	})
	if err == nil && !ok {
		err = &reportedError{}
	}
	return err
}

// Run implements the command.
func (c *auditExport) Run(ctx context.Context, config *Config, out *output) error {
	id, err := logID(c.Tenant)
	if err != nil {
		return err
	}
	return withMigrated(ctx, config, func(db *storage.DB) error {
		encoder := json.NewEncoder(out.stdout)
		encoder.SetEscapeHTML(false)
		err := audit.NewLog(storage.NewAudit(db)).Each(ctx, id, audit.Filter{}, func(e *audit.Entry) error {
			return encoder.Encode(audit.View(e))
		})
		if err != nil {
			return errors.Join(errors.New("the export is not complete"), err)
		}
		return nil
	})
}
