package requestlog

import "github.com/roster-scim/roster/scim/quirk"

// labels are the places in a provider's pages where refusals are put right, as
// its pages call them.
type labels struct {
	token   string // where the token is entered
	actions string // what it provisions, and what it does with people
	mapping string // which attribute comes from where
	assign  string // who is provisioned
	groups  string // which groups are
	retry   string // how to send something again at once
}

// providerLabels is the one table of them. A provider that is not in it, or a
// label that is empty, is generalLabels'.
var providerLabels = map[quirk.Provider]labels{
	quirk.Okta: {
		token:   "Provisioning > Integration",
		actions: "Provisioning > To App",
		mapping: "Provisioning > To App > Attribute Mappings",
		assign:  "Assignments > Assign to People",
		groups:  "Push Groups",
		retry:   "Dashboard > Tasks",
	},
	quirk.Entra: { //nolint:gosec // G101: labels of pages
		token:   "Provisioning > Admin Credentials > Secret Token",
		actions: "Provisioning > Mappings > Target Object Actions",
		mapping: "Provisioning > Mappings > Provision Microsoft Entra ID Users",
		assign:  "Users and groups",
		groups:  "Users and groups",
		retry:   "Provisioning > Provision on demand",
	},
	quirk.OneLogin: {
		token:   "Configuration > SCIM Bearer Token",
		actions: "Provisioning > Enable provisioning",
		mapping: "Parameters",
		assign:  "Users > Applications",
		groups:  "Rules > Set Groups",
		retry:   "Users > Pending > Approve",
	},
	quirk.JumpCloud: {
		token:   "Identity Management > Token Key",
		actions: "Identity Management",
		mapping: "Identity Management > Attribute Mapping",
		assign:  "User Groups",
		groups:  "User Groups",
	},
	quirk.PingOne: {
		token:   "Integrations > Provisioning > Authentication",
		actions: "Integrations > Provisioning > Preferences",
		mapping: "Integrations > Provisioning > Rules > Attribute Mapping",
		assign:  "Integrations > Provisioning > Rules > User Filter",
		groups:  "Integrations > Provisioning > Rules > Groups",
	},
	quirk.PingFederate: {
		token:   "Outbound Provisioning > Target",
		actions: "Outbound Provisioning > Target",
		mapping: "Outbound Provisioning > Channel > Attribute Mapping",
		assign:  "Outbound Provisioning > Channel > Source Location",
		groups:  "Outbound Provisioning > Channel > Source Location",
	},
	quirk.Rippling: {
		token:   "IT Management > Custom App > User Management via SCIM",
		actions: "IT Management > Custom App > User Management via SCIM",
	},
	quirk.CyberArk: { //nolint:gosec // G101: labels of pages
		token:   "Apps & Widgets > Web Apps > Provisioning",
		actions: "Apps & Widgets > Web Apps > Provisioning",
		groups:  "Apps & Widgets > Web Apps > Provisioning > Role Mappings",
	},
}

// generalLabels say what the places are for.
var generalLabels = labels{
	token:   "the provisioning settings, where address and token are entered",
	actions: "the provisioning settings, where creating, updating and removing are switched on",
	mapping: "the attribute mapping",
	assign:  "the assignment of people to the application",
	groups:  "the groups that are provisioned",
	retry:   "the provisioning page, where a person is sent again",
}

func labelsOf(p quirk.Provider) labels {
	l, general := providerLabels[p], generalLabels
	for _, field := range []struct{ label, otherwise *string }{
		{&l.token, &general.token}, {&l.actions, &general.actions}, {&l.mapping, &general.mapping},
		{&l.assign, &general.assign}, {&l.groups, &general.groups}, {&l.retry, &general.retry},
	} {
		if *field.label == "" {
			*field.label = *field.otherwise
		}
	}
	return l
}

// nameOf is how sentences call a provider.
func nameOf(p quirk.Provider) string {
	if p == quirk.Generic || p == "" {
		return "The identity provider"
	}
	return upper(p.Name())
}

// inside is nameOf in the middle of a sentence.
func inside(p quirk.Provider) string {
	if p == quirk.Generic || p == "" {
		return "the identity provider"
	}
	return p.Name()
}

// TokenPlace is where a provider's administrators enter the token, in the labels
// of its own pages.
func TokenPlace(p quirk.Provider) string { return labelsOf(p).token }
