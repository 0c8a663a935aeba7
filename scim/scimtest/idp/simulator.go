package idp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config says what to simulate, and against which server.
type Config struct {
	Dialect  Dialect
	BaseURL  string // of the SCIM server: what an admin enters
	Token    string
	Scenario Scenario // default FirstCycle

	Users   int    // default: the scenario's
	Groups  int    // default 10; negative: none
	Seed    uint64 // the same seed is the same company
	OptSCIM bool   // Entra with its flag aadOptscim062020
	App     AppMode
	Mistake Mistake // of the administrator; default none

	Progress  Progress          // nil: nobody watches
	Retry     Retry             // zero: as the real services do
	Transport http.RoundTripper // nil: one with keep-alive, of its own
}

const defaultGroups = 10

// withDefaults completes and checks the configuration.
func (c Config) withDefaults() (Config, error) {
	if c.Scenario == "" {
		c.Scenario = FirstCycle
	}
	s, err := c.Scenario.script()
	if err != nil {
		return c, err
	}
	if _, err := ParseDialect(string(c.Dialect)); err != nil {
		return c, err
	}
	setDefault(&c.Users, s.users)
	if c.Groups == 0 {
		c.Groups = defaultGroups
	}
	c.Groups = max(c.Groups, 0)
	if c.Users > MaxUsers || c.Groups > MaxGroups {
		return c, fmt.Errorf("at most %d users and %d groups can be simulated", MaxUsers, MaxGroups)
	}
	switch c.App {
	case "":
		c.App = OIN
	case OIN, AIW:
	default:
		return c, fmt.Errorf("there is no kind of Okta app %q; there are %s and %s", c.App, OIN, AIW)
	}
	if err := c.Mistake.check(c.Dialect); err != nil {
		return c, err
	}
	if c.Progress == nil {
		c.Progress = silent{}
	}
	c.Retry = c.Retry.withDefaults()
	return c, c.checkServer()
}

func (c *Config) checkServer() error {
	u, err := url.Parse(c.BaseURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("%q is not the URL of a SCIM server, such as https://scim.example.com/scim/v2", c.BaseURL)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("the URL of the SCIM server must have no query, fragment or password")
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if c.Token == "" || strings.ContainsAny(c.Token, "\r\n") {
		return errors.New("a token is needed, on one line")
	}
	return nil
}

func (c *Config) provider() provider {
	switch c.Dialect {
	case Okta:
		return okta{app: c.App}
	case OneLogin:
		return onelogin{}
	case JumpCloud:
		return jumpcloud{}
	case PingFederate:
		return pingfederate{}
	default:
		return entra{modern: c.OptSCIM}
	}
}

// run is a scenario being played.
type run struct {
	config  Config
	company *Company
	log     *recorder
	http    *http.Client
	main    *cycle
	before  map[string]string // versions of what was there before, by kind and id
}

// Run plays a scenario. The error is about the configuration alone; how the run
// went, also when ctx ended it, is in the report.
func Run(ctx context.Context, config Config) (*Report, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	r := newRun(config)
	defer r.http.CloseIdleConnections()
	s, _ := config.Scenario.script() // withDefaults found it
	return r.finish(s.play(r, ctx)), nil
}

func newRun(config Config) *run {
	r := &run{config: config, company: NewCompany(config.Seed, config.Users, config.Groups), log: newRecorder(time.Now)}
	config.Mistake.apply(r.company)
	r.http = newHTTP(config)
	r.main = r.newCycle(config.provider().traits().workers)
	return r
}

// newHTTP makes a client that keeps its connections and follows no redirects: a
// token must not go elsewhere.
func newHTTP(config Config) *http.Client {
	transport := config.Transport
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // the standard library's own
		own.MaxIdleConnsPerHost = 16
		transport = own
	}
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

func (r *run) newCycle(workers int) *cycle {
	p := r.config.provider()
	return &cycle{
		client: &client{
			base: r.config.BaseURL, authorization: "Bearer " + r.config.Token, headers: p.headers,
			http: r.http, retry: r.config.Retry, log: r.log,
		},
		provider: p, company: r.company, dir: newDirectory(), watch: r.config.Progress, workers: workers,
	}
}

// finish writes the report; stopped is why the scenario did not run to its end.
func (r *run) finish(stopped error) *Report {
	report := &Report{
		Dialect: r.config.Dialect, Scenario: r.config.Scenario, Company: r.company.Name,
		Users: len(r.company.People), Groups: len(r.company.Groups), Others: r.others(),
		Complete: stopped == nil,
	}
	r.log.report(report)
	switch {
	case stopped == nil:
	case errors.Is(stopped, context.Canceled):
		report.Stopped = "interrupted"
	case errors.Is(stopped, errRefused):
		report.Stopped = "the connection test failed"
	default:
		report.Stopped = stopped.Error()
	}
	report.Successful = report.OK()
	return report
}
