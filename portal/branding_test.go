package portal

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/authz"
	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/storage"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

var testLogo = "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))

// brandDesk is a desk with the settings of the installation.
func brandDesk(t *testing.T) *desk {
	t.Helper()
	e := newEntrance(t, nil)
	store := storage.NewTenants(e.db)
	d := &desk{t: t, ctx: e.ctx, handlers: e.portal.handlers}
	d.roles = tenants.NewRoles(store, d.decider)
	return d
}

func (d *desk) brandInstallation(b api.BrandingChoice) (api.Settings, error) {
	d.t.Helper()
	r, err := d.UpdateSettings(d.ctx, api.UpdateSettingsRequestObject{Body: &api.SettingsChange{Branding: &b}})
	if err != nil {
		return api.Settings{}, err
	}
	return api.Settings(r.(api.UpdateSettings200JSONResponse)), nil
}

func (d *desk) brandTenant(id string, b api.BrandingChoice) (api.Tenant, error) {
	d.t.Helper()
	r, err := d.UpdateTenant(d.ctx, api.UpdateTenantRequestObject{Tenant: id, Body: &api.TenantChange{Branding: &b}})
	if err != nil {
		return api.Tenant{}, err
	}
	return api.Tenant(r.(api.UpdateTenant200JSONResponse)), nil
}

// session is what a principal of a tenant, or of staff, is told.
func (d *desk) session(tenant string) api.Session {
	d.t.Helper()
	kind, id := authz.KindAPIKey, tenants.NewKeyID().String()
	r, err := d.GetSession(context.WithValue(d.ctx, principalKey{}, authz.Principal{Kind: kind, ID: id, TenantID: tenant}), api.GetSessionRequestObject{})
	d.must(err)
	return api.Session(r.(api.GetSession200JSONResponse))
}

func TestBrandingIsInherited(t *testing.T) {
	t.Parallel()
	d := brandDesk(t)
	acme, other := d.tenant("Acme"), d.tenant("Other")
	shown := func(tenant, want string) {
		t.Helper()
		b := d.session(tenant).Branding
		if got := b.ProductName + " " + orZero(b.Accent) + " " + orZero(b.Logo); got != want {
			t.Errorf("it is %q, want %q", got, want)
		}
	}
	shown(acme.ID, "Roster  ")
	shown("", "Roster  ")
	settings, err := d.brandInstallation(api.BrandingChoice{ProductName: ptr(" Example "), Accent: ptr("#0B7285")})
	d.must(err)
	if diff := cmp.Diff(api.Branding{ProductName: "Example", Accent: ptr("#0b7285")}, settings.Branding); diff != "" {
		t.Error(diff)
	}
	shown(acme.ID, "Example #0b7285 ")
	changed, err := d.brandTenant(acme.ID, api.BrandingChoice{Logo: &testLogo, Accent: ptr("#ff0000")})
	d.must(err)
	if diff := cmp.Diff(&api.BrandingChoice{Logo: &testLogo, Accent: ptr("#ff0000")}, changed.Branding); diff != "" {
		t.Error(diff)
	}
	shown(acme.ID, "Example #ff0000 "+testLogo)
	shown(other.ID, "Example #0b7285 ")
	shown("", "Example #0b7285 ")
	_, err = d.brandTenant(acme.ID, api.BrandingChoice{}) // as a whole: nothing of its own is left
	d.must(err)
	shown(acme.ID, "Example #0b7285 ")
	settings, err = d.brandInstallation(api.BrandingChoice{})
	d.must(err)
	if settings.Branding.ProductName != "Roster" || settings.Branding.Accent != nil {
		t.Errorf("%+v", settings.Branding)
	}
}

// A change of something else leaves the branding, and lists leave it out.
func TestBrandingStaysAndIsNotListed(t *testing.T) {
	t.Parallel()
	d := brandDesk(t)
	want := &api.BrandingChoice{ProductName: ptr("Acme ID"), Logo: &testLogo, Accent: ptr("#123456")}
	made, err := d.CreateTenant(d.ctx, api.CreateTenantRequestObject{Body: &api.NewTenant{Name: "Acme", Branding: want}})
	d.must(err)
	id := made.(api.CreateTenant201JSONResponse).ID
	_, err = d.UpdateTenant(d.ctx, api.UpdateTenantRequestObject{Tenant: id, Body: &api.TenantChange{Name: ptr("Acme Ltd")}})
	d.must(err)
	_, err = d.SuspendTenant(d.ctx, api.SuspendTenantRequestObject{Tenant: id})
	d.must(err)
	_, err = d.ResumeTenant(d.ctx, api.ResumeTenantRequestObject{Tenant: id})
	d.must(err)
	got, err := d.GetTenant(d.ctx, api.GetTenantRequestObject{Tenant: id})
	d.must(err)
	if diff := cmp.Diff(want, got.(api.GetTenant200JSONResponse).Branding); diff != "" {
		t.Error(diff)
	}
	list, err := d.ListTenants(d.ctx, api.ListTenantsRequestObject{})
	d.must(err)
	for _, line := range list.(api.ListTenants200JSONResponse).Items {
		if line.Branding != nil {
			t.Errorf("the list has %+v", line.Branding)
		}
	}
}

func TestBadBrandingIsRefused(t *testing.T) {
	t.Parallel()
	d := brandDesk(t)
	acme := d.tenant("Acme")
	for name, bad := range map[string]api.BrandingChoice{
		"a name of spaces":   {ProductName: ptr("  ")},
		"a colour's name":    {Accent: ptr("red")},
		"a page as a logo":   {Logo: ptr("data:text/html;base64,PGI+")},
		"a logo elsewhere":   {Logo: ptr("https://example.com/logo.png")},
		"a script as colour": {Accent: ptr("#12345;")},
	} {
		_, err := d.brandTenant(acme.ID, bad)
		d.refused(name+", of a tenant", err, http.StatusBadRequest, "invalid")
		_, err = d.brandInstallation(bad)
		d.refused(name+", of the installation", err, http.StatusBadRequest, "invalid")
	}
	if b := d.session(acme.ID).Branding; b.ProductName != "Roster" || b.Accent != nil || b.Logo != nil {
		t.Errorf("%+v", b)
	}
}

func TestSessionsTellWhoMayEmbed(t *testing.T) {
	t.Parallel()
	d := brandDesk(t)
	if got := d.session("").FrameAncestors; got == nil || len(got) != 0 {
		t.Errorf("nobody: %v", got)
	}
	d.frameAncestors = ancestors{"https://app.example.com"}
	if diff := cmp.Diff([]string{"https://app.example.com"}, d.session(d.tenant("Acme").ID).FrameAncestors); diff != "" {
		t.Error(diff)
	}
}

// The page of a link is its tenant's; other pages are the installation's.
func TestPagesOfLinksHaveBranding(t *testing.T) {
	t.Parallel()
	e := newEntrance(t, nil)
	roles := tenants.NewRoles(storage.NewTenants(e.db), e.portal.decider)
	if _, err := roles.UpdateSettings(e.ctx, tenants.SettingsChange{Branding: &tenants.Branding{ProductName: "Vendor <i>", Accent: "#00aa00"}}); err != nil {
		t.Fatal(err)
	}
	own := &tenants.Branding{ProductName: "Acme & Sons", Accent: "#ffee00", Logo: testLogo}
	if _, err := e.portal.tenants.UpdateTenant(e.ctx, e.tenant, tenants.TenantUpdate{Branding: own}); err != nil {
		t.Fatal(err)
	}
	l, address := e.link(login.NewLink{Inviter: "Jane Roe"})
	page := e.do("GET", address, nil)
	for _, text := range []string{
		"Acme &amp; Sons</div>", `<img src="` + testLogo + `"`, "--accent: #ffee00; --accent-text: #000000", "Jane Roe invites you", "Acme &lt;b&gt;Ltd&lt;/b&gt;",
		" – Acme &amp; Sons</title>",
	} {
		// html/template writes + as an entity.
		if !strings.Contains(strings.ReplaceAll(page.body, "&#43;", "+"), text) {
			t.Errorf("the page lacks %q:\n%s", text, page.body)
		}
	}
	if strings.Contains(page.body, "Roster</") || strings.Contains(page.body, "Vendor") || strings.Contains(page.body, "<script") {
		t.Errorf("the page is somebody else's:\n%s", page.body)
	}
	fitsItsPolicy(t, page)
	if err := e.login.RevokeLink(e.ctx, e.tenant, l.ID); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"a dead link": address, "no link": e.server.URL + login.LinkPath + "nope", "signed out": e.server.URL + "/portal/signed-out"} {
		other := e.do("GET", path, nil)
		if !strings.Contains(other.body, "Vendor &lt;i&gt;</div>") || !strings.Contains(other.body, "--accent: #00aa00") || strings.Contains(other.body, "Acme &amp; Sons") {
			t.Errorf("%s:\n%s", name, other.body)
		}
		fitsItsPolicy(t, other)
	}
}

// fitsItsPolicy fails unless the policy lets the page have its own style.
func fitsItsPolicy(t *testing.T, page answer) {
	t.Helper()
	_, style, _ := strings.Cut(page.body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	if got := page.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, entryPolicy(style)) || !strings.Contains(got, "img-src data:;") {
		t.Errorf("the policy is %q", got)
	}
	if strings.Contains(page.body, "ZgotmplZ") {
		t.Errorf("the template refuses something:\n%s", page.body)
	}
}

// Pages about a server that cannot read its database do without.
func TestBusyAndBrokenPagesDoWithoutBranding(t *testing.T) {
	t.Parallel()
	for _, page := range []*entryPage{busyPage(), brokenPage(http.StatusInternalServerError)} {
		if !page.Plain {
			t.Errorf("%s reads the database", page.Heading)
		}
	}
}
