package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/conformance"
)

type conformanceCommand struct {
	URL     string        `name:"url" placeholder:"URL" help:"The SCIM base URL, any server's: what /Users is appended to."`
	Token   string        `placeholder:"TOKEN" help:"The bearer token. Without one, what is about authentication is skipped."`
	Only    string        `placeholder:"PATTERN" help:"Check only these: comma-separated ids (with * and ?), or parts of an id, area, feature or level."`
	List    bool          `help:"Show the requirements instead of checking any. Needs no server."`
	Force   bool          `help:"Check features that the server does not announce, too."`
	Verbose bool          `help:"Show every requirement, not only those that are not met."`
	JUnit   string        `name:"junit" placeholder:"FILE" help:"Write the result for CI systems, too."`
	Timeout time.Duration `default:"30s" placeholder:"TIME" help:"How long one answer may take (30s)."`
	Limit   time.Duration `default:"30m" placeholder:"TIME" help:"How long the whole run may take (30m)."`
}

// Help implements kong.HelpProvider.
func (conformanceCommand) Help() string {
	return "Checks a SCIM 2.0 server from outside against RFC 7643, RFC 7644 and RFC 9865.\n\n" +
		"It makes users and groups with a run id in their names, touches nobody else, and takes away what it made, " +
		"also when it is interrupted. Features that the server does not announce are skipped.\n\n" +
		"Ends with 0 if every MUST that could be checked is met, with 1 if one is not, and with 2 if nothing could be checked."
}

// Run implements the command.
func (c *conformanceCommand) Run(ctx context.Context, _ *Config, out *output) error {
	if c.List {
		return c.list(out)
	}
	switch {
	case c.URL == "":
		return &usageError{"missing flags: --url=URL\nSee: roster conformance --help"}
	case c.Timeout <= 0 || c.Limit <= 0:
		return &usageError{"--timeout and --limit must be more than nothing"}
	}
	junit, err := c.junit()
	if err != nil {
		return err
	}
	report, err := c.check(ctx, out)
	if err != nil {
		return errors.Join(err, junit.close())
	}
	if err := errors.Join(junit.write(report), junit.close()); err != nil {
		return err
	}
	if err := out.print(report, func(w io.Writer) { describeConformance(w, report, c.Verbose) }); err != nil {
		return err
	}
	if !report.OK() {
		return &reportedError{}
	}
	return nil
}

func (c *conformanceCommand) check(ctx context.Context, out *output) (*conformance.Report, error) {
	bars := newBars(out.stderr)
	defer bars.Close()
	report, err := conformance.Run(ctx, conformance.Target{BaseURL: c.URL, Token: c.Token}, conformance.Options{
		Only: c.Only, Force: c.Force, Timeout: c.Timeout, Limit: c.Limit,
		Progress: func(done, total int, r conformance.Result) {
			if done == 1 {
				bars.Begin("Checking", total)
			}
			bars.Advance(r.Area)
		},
	})
	if err != nil { // nothing was checked: the address, the token or the pattern is wrong
		return nil, &usageError{err.Error()}
	}
	return report, nil
}

func (c *conformanceCommand) list(out *output) error {
	all, err := conformance.Select(conformance.Requirements(), c.Only)
	if err != nil {
		return &usageError{"--only: " + err.Error()}
	}
	answer := struct {
		Requirements []conformance.Requirement `json:"requirements"`
	}{all}
	return out.print(answer, func(w io.Writer) { listRequirements(w, all) })
}

// junitFile is where --junit goes. It is opened before the run, so that a name
// that cannot be written to is noticed before an hour of checks; nil: none.
type junitFile struct{ file *os.File }

func (c *conformanceCommand) junit() (*junitFile, error) {
	if c.JUnit == "" {
		return nil, nil //nolint:nilnil // there is no file, which its methods know
	}
	file, err := os.Create(c.JUnit)
	if err != nil {
		return nil, &usageError{fmt.Sprintf("--junit: %v", err)}
	}
	return &junitFile{file}, nil
}

func (j *junitFile) write(report *conformance.Report) error {
	if j == nil {
		return nil
	}
	return report.WriteJUnit(j.file)
}

func (j *junitFile) close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}
