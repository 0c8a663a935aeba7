package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/roster-scim/roster/scim/scimtest/idp"
)

type simulateCommand struct {
	Dialect  string `arg:"" enum:"okta,entra,onelogin,jumpcloud,pingfederate" help:"The identity provider to be: okta, entra, onelogin, jumpcloud or pingfederate."`
	URL      string `name:"url" required:"" placeholder:"URL" help:"The SCIM base URL, any server's: what an admin enters at the identity provider."`
	Token    string `required:"" help:"The bearer token."`
	Users    int    `placeholder:"N" help:"People in the company. Default: 100, and 20000 for big-group."`
	Groups   int    `default:"10" placeholder:"N" help:"Groups in the company (10)."`
	Scenario string `default:"first-cycle" enum:"first-cycle,leaver,rename,rehire,big-group,two-at-once,wrong-token" placeholder:"NAME" help:"first-cycle, leaver, rename, rehire, big-group, two-at-once or wrong-token (first-cycle)."`
	Mistake  string `enum:",mail-nickname,no-mail,unassigned-member" default:"" placeholder:"NAME" help:"Something that administrators set up wrongly, to see how it is found: mail-nickname (Entra), no-mail (Okta, Entra) or unassigned-member."`
	Seed     uint64 `default:"1" placeholder:"N" help:"Another number is another company (1)."`
	OptSCIM  bool   `name:"optscim" help:"Entra with its flag aadOptscim062020, which changes how it writes PATCH requests."`
	App      string `default:"oin" enum:"oin,aiw" placeholder:"KIND" help:"Okta's kind of app: oin (changes by PATCH) or aiw (changes by PUT) (oin)."`
}

// Help implements kong.HelpProvider.
func (simulateCommand) Help() string {
	var text strings.Builder
	text.WriteString("Provisions a made-up company into a SCIM server, checks every answer, and reads the directory back.\n" +
		"Ends with 0 if nothing was refused and the directory is what was sent, with 1 otherwise.\n\nScenarios:\n")
	for _, s := range idp.Scenarios() {
		fmt.Fprintf(&text, "\n  %-12s %s", s, s.About())
	}
	return text.String()
}

// config is what the flags ask for.
func (c *simulateCommand) config() (idp.Config, error) {
	switch {
	case c.Users < 0 || c.Users > idp.MaxUsers:
		return idp.Config{}, &usageError{fmt.Sprintf("--users: give a number from 1 to %d", idp.MaxUsers)}
	case c.Groups < 0 || c.Groups > idp.MaxGroups:
		return idp.Config{}, &usageError{fmt.Sprintf("--groups: give a number from 0 to %d", idp.MaxGroups)}
	}
	groups := c.Groups
	if groups == 0 {
		groups = -1 // none; 0 is the default there
	}
	return idp.Config{
		Dialect: idp.Dialect(c.Dialect), BaseURL: c.URL, Token: c.Token, Scenario: idp.Scenario(c.Scenario), Mistake: idp.Mistake(c.Mistake),
		Users: c.Users, Groups: groups, Seed: c.Seed, OptSCIM: c.OptSCIM, App: idp.AppMode(c.App),
	}, nil
}

// Run implements the command.
func (c *simulateCommand) Run(ctx context.Context, _ *Config, out *output) error {
	config, err := c.config()
	if err != nil {
		return err
	}
	bars := newBars(out.stderr)
	config.Progress = bars
	report, err := idp.Run(ctx, config)
	bars.Close()
	if err != nil {
		return &usageError{err.Error()}
	}
	if err := out.print(report, func(w io.Writer) { describeReport(w, report) }); err != nil {
		return err
	}
	if !report.OK() {
		return &reportedError{}
	}
	return nil
}

// describeReport is the report for people: a table, what went wrong, a verdict.
func describeReport(w io.Writer, r *idp.Report) {
	fmt.Fprintf(w, "%s, %s: %s with %s and %s\n\n", providerNames[r.Dialect], r.Scenario, r.Company,
		counted(r.Users, "user"), counted(r.Groups, "group"))
	rows := make([][]string, 0, len(r.Steps)+1)
	for _, s := range r.Steps {
		rows = append(rows, append(stepCells(s), duration(s.P50), duration(s.P99)))
	}
	rows = append(rows, append(stepCells(r.Totals()), "", ""))
	table(w, []string{"STEP", "SENT", "ACCEPTED", "EXISTED", "REFUSED", "WRONG", "THROTTLED", "RETRIED", "TIME", "P50", "P99"}, rows)
	fmt.Fprintln(w)
	itemise(w, "Refused requests and wrong answers", r.Totals().Refused+r.Totals().Wrong, r.Problems)
	itemise(w, "Where the directory is not what was sent", r.DifferenceCount, r.Differences)
	if r.Others > 0 {
		fmt.Fprintf(w, "%d resources were there before and are not this company's; they were left alone.\n", r.Others)
	}
	fmt.Fprintln(w, conclusion(r))
}

func conclusion(r *idp.Report) string {
	switch {
	case r.Stopped != "":
		return "The run did not finish: " + r.Stopped + "."
	case !r.OK():
		return "Not as it should be."
	case r.Scenario == idp.WrongToken:
		return "Everything was refused as it should be."
	default:
		return "Nothing was refused, and the directory is what was sent."
	}
}

var providerNames = map[idp.Dialect]string{
	idp.Okta: "Okta", idp.Entra: "Entra ID", idp.OneLogin: "OneLogin", idp.JumpCloud: "JumpCloud",
	idp.PingFederate: "PingFederate",
}

func stepCells(s idp.Step) []string {
	cells := []string{s.Name}
	for _, n := range []int{s.Sent, s.Accepted, s.Existed, s.Refused, s.Wrong, s.Throttled, s.Retried} {
		cells = append(cells, strconv.Itoa(n))
	}
	return append(cells, duration(time.Duration(s.Seconds*float64(time.Second))))
}

// duration is short: three digits or so are all that it means anything to.
func duration(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	default:
		return d.Round(10 * time.Microsecond).String()
	}
}

func itemise[T fmt.Stringer](w io.Writer, heading string, count int, first []T) {
	if count == 0 {
		return
	}
	fmt.Fprintf(w, "%s (%d):\n", heading, count)
	for _, each := range first {
		fmt.Fprintf(w, "  %s\n", each)
	}
	if more := count - len(first); more > 0 {
		fmt.Fprintf(w, "  and %d more\n", more)
	}
	fmt.Fprintln(w)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}
