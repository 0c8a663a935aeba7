package conformance

import "time"

func comparisons() []Requirement {
	return area("Filter operators", []Feature{Filter},
		must("7644-3.4.2.2-01", "eq matches values that are the same.", func(p *probe) {
			p.finds(`title eq "builder"`, "ben")
		}).needs("title"),
		must("7644-3.4.2.2-02", "ne matches values that are not the same.", func(p *probe) {
			p.finds("userName ne "+quoted(p.cohort().who("ben").name), "ada", "cyd", "dov", "eve")
		}),
		must("7644-3.4.2.2-03", "co matches values that contain the text.", func(p *probe) {
			p.finds(`title co "ura"`, "cyd")
		}).needs("title"),
		must("7644-3.4.2.2-04", "sw matches values that begin with the text.", func(p *probe) {
			p.finds(`title sw "des"`, "dov")
		}).needs("title"),
		must("7644-3.4.2.2-05", "ew matches values that end with the text.", func(p *probe) {
			p.finds(`title ew "er"`, "ben", "dov")
		}).needs("title"),
		must("7644-3.4.2.2-06", "pr matches attributes that have a value, and no others.", func(p *probe) {
			p.finds(`nickName pr`, "ada", "cyd")
			p.finds(`not (nickName pr)`, "ben", "dov", "eve")
		}).needs("nickName"),
		must("7644-3.4.2.2-07", "gt matches texts that come after the value, and not the value.", func(p *probe) {
			p.finds("userName gt "+quoted(p.cohort().who("ben").name), "cyd", "dov", "eve")
		}),
		must("7644-3.4.2.2-08", "ge matches texts that come after the value, and the value.", func(p *probe) {
			p.finds("userName ge "+quoted(p.cohort().who("ben").name), "ben", "cyd", "dov", "eve")
		}),
		must("7644-3.4.2.2-09", "lt matches texts that come before the value, and not the value.", func(p *probe) {
			p.finds("userName lt "+quoted(p.cohort().who("cyd").name), "ada", "ben")
		}),
		must("7644-3.4.2.2-10", "le matches texts that come before the value, and the value.", func(p *probe) {
			p.finds("userName le "+quoted(p.cohort().who("cyd").name), "ada", "ben", "cyd")
		}),
		must("7644-3.4.2.2-11", "Times are compared by when they are.", func(p *probe) {
			first := p.madeFrom().Format(time.RFC3339)
			p.finds("meta.created ge "+quoted(first), everybody...)
			p.finds("meta.created lt " + quoted(first))
			p.finds(`meta.lastModified gt "2001-01-01T00:00:00Z"`, everybody...)
		}),
		must("7644-3.4.2.2-12", "Times of another zone are compared by when they are, not by their digits.", func(p *probe) {
			first := p.madeFrom().In(time.FixedZone("", 5*60*60)).Format(time.RFC3339)
			p.finds("meta.created ge "+quoted(first), everybody...)
			p.finds("meta.created lt " + quoted(first))
		}),
		must("7644-3.4.2.2-13", "eq compares booleans.", func(p *probe) {
			p.finds(`active eq true`, "ada", "ben", "dov", "eve")
			p.finds(`active eq false`, "cyd")
		}).needs("active"),
		must("7644-3.4.2.2-14", "pr matches a complex attribute that has a sub-attribute with a value.", func(p *probe) {
			p.finds(`name pr`, everybody...)
			p.finds(`name.middleName pr`)
		}).needs("name.middleName"),
	)
}

// madeFrom is a time just before the five people were made.
func (p *probe) madeFrom() time.Time {
	a := p.read(p.cohort().who(profiles[0].key))
	t := instant(at(a.value, "meta/created"))
	a.expect(!t.IsZero(), "meta.created as a dateTime", at(a.value, "meta/created"))
	return t.UTC().Add(-time.Second).Truncate(time.Second)
}

func filterLogic() []Requirement {
	const abel, baker, cole = `name.familyName eq "Abel"`, `name.familyName eq "Baker"`, `name.familyName eq "Cole"`
	return area("Filter logic", []Feature{Filter},
		must("7644-3.4.2.2-15", "and matches what both sides match.", func(p *probe) {
			p.finds(baker+` and name.givenName eq "Yan"`, "ben")
			p.finds(baker + ` and name.givenName eq "Zoe"`)
		}).needs("name.familyName", "name.givenName"),
		must("7644-3.4.2.2-16", "or matches what either side matches.", func(p *probe) {
			p.finds(baker+` or `+cole, "ben", "cyd")
		}).needs("name.familyName"),
		must("7644-3.4.2.2-17", "not matches what its expression does not match.", func(p *probe) {
			p.finds(`not (`+baker+`)`, "ada", "cyd", "dov", "eve")
		}).needs("name.familyName"),
		must("7644-3.4.2.2-18", "and binds more tightly than or.", func(p *probe) {
			p.finds(abel+` or `+baker+` and name.givenName eq "Xia"`, "ada")
			p.finds(`name.givenName eq "Xia" and `+baker+` or `+abel, "ada")
		}).needs("name.familyName", "name.givenName"),
		must("7644-3.4.2.2-19", "not binds more tightly than and.", func(p *probe) {
			p.finds(`not (` + abel + `) and name.givenName eq "Zoe"`)
			p.finds(`not (`+abel+`) and name.givenName eq "Yan"`, "ben")
		}).needs("name.familyName", "name.givenName"),
		must("7644-3.4.2.2-20", "Parentheses are evaluated first.", func(p *probe) {
			p.finds(`(`+abel+` or `+baker+`) and name.givenName eq "Yan"`, "ben")
			p.finds(`((`+abel+`) or ((`+baker+`) and (name.givenName eq "Yan")))`, "ada", "ben")
		}).needs("name.familyName", "name.givenName"),
		must("7644-3.4.2.2-21", "A multi-valued attribute matches if any of its values does.", func(p *probe) {
			p.findsAlone("emails.value eq "+quoted(p.cohort().prefix+"ada@home.example.com"), "ada")
			p.findsAlone("emails.value eq "+quoted(p.cohort().prefix+"ada@work.example.com"), "ada")
			p.finds(`emails.type eq "home"`, "ada", "cyd", "eve")
		}).needs("emails.value", "emails.type"),
		must("7644-3.4.2.2-22", "Conditions apart from each other may be met by different values of an attribute.", func(p *probe) {
			p.finds(`emails.type eq "work" and emails.value co "@home."`, "ada")
		}).needs("emails.value", "emails.type"),
		must("7644-3.4.2.2-23", "Conditions within brackets must be met by one and the same value.", func(p *probe) {
			p.valuePaths()
			p.finds(`emails[type eq "work" and value co "@home."]`)
			p.finds(`emails[type eq "home" and value co "@home."]`, "ada", "cyd", "eve")
		}).needs("emails.value", "emails.type"),
		must("7644-3.4.2.2-24", "Within brackets, too, there are or, not and parentheses.", func(p *probe) {
			p.valuePaths()
			p.finds(`emails[not (type eq "work")]`, "ada", "cyd", "eve")
			p.finds(`emails[(type eq "home" or type eq "other") and value co "@home."]`, "ada", "cyd", "eve")
		}).needs("emails.value", "emails.type"),
		must("7644-3.4.2.2-25", "A bracketed filter is combined with others.", func(p *probe) {
			p.valuePaths()
			p.finds(`emails[type eq "work"] and (`+abel+` or `+cole+`)`, "ada")
			p.finds(`not (emails[type eq "work"])`, "cyd", "eve")
		}).needs("emails.value", "emails.type", "name.familyName"),
	)
}

// valuePaths skips the check if the server does not know brackets in filters,
// which it need not (RFC 7644 section 3.4.2.2).
func (p *probe) valuePaths() {
	a := p.query(p.users.endpoint, "filter", `emails[type eq "work"]`, "count", "1")
	if a.text("scimType") == "invalidFilter" {
		p.skip("the server does not know filters with brackets")
	}
}

func filterNames() []Requirement {
	return area("Filter names and values", []Feature{Filter},
		must("7644-3.4.2.2-26", "Attribute names in a filter are compared without case.", func(p *probe) {
			p.findsAlone("USERNAME eq "+quoted(p.cohort().who("ada").name), "ada")
			p.finds(`NAME.familyname eq "Abel"`, "ada")
		}).needs("name.familyName"),
		must("7644-3.4.2.2-27", "Operators in a filter are compared without case.", func(p *probe) {
			p.finds(`name.familyName EQ "Abel" OR name.familyName Eq "Cole" And not (active eQ true)`, "ada", "cyd")
		}).needs("name.familyName", "active"),
		must("7644-3.4.2.2-28", "The case of texts does not count where the attribute is not caseExact: userName.", func(p *probe) {
			p.findsAlone("userName eq "+quoted(upper(p.cohort().who("ada").name)), "ada")
		}),
		must("7644-3.4.2.2-29", "The case of texts counts where the attribute is caseExact: id and externalId.", func(p *probe) {
			prefix := p.cohort().prefix
			p.findsAlone("externalId eq "+quoted(externalID(prefix, "ada")), "ada")
			p.findsAlone("externalId eq " + quoted(upper(externalID(prefix, "ada"))))
		}),
		must("7644-3.4.2.2-30", "A filter on id finds the resource.", func(p *probe) {
			p.findsAlone("id eq "+quoted(p.cohort().who("dov").id), "dov")
		}),
		must("7644-3.10-01", "A sub-attribute is named with a dot.", func(p *probe) {
			p.finds(`name.givenName eq "Yan"`, "ben")
		}).needs("name.givenName"),
		must("7644-3.10-02", "An attribute may be qualified with the URN of its schema.", func(p *probe) {
			p.findsAlone(userURN+":userName eq "+quoted(p.cohort().who("ada").name), "ada")
			p.finds(userURN+`:name.familyName eq "Cole"`, "cyd")
		}).needs("name.familyName"),
		must("7644-3.10-03", "An attribute of an extension is named with the URN of the extension.", func(p *probe) {
			p.finds(enterpriseURN+`:department eq "Sales"`, "ada", "ben")
		}).when(Enterprise).needs("enterprise:department"),
		must("7644-3.4.2.2-31", "JSON escapes in a filter's text stand for their characters.", func(p *probe) {
			const title = `The "Fox" \ Co`
			u := p.user(doc{"title": title})
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name)+" and title eq "+quoted(title)).status(200).is("Resources/0/id", u.id)
		}).needs("title"),
		must("7644-3.4.2.2-32", "Text of any script can be looked for.", func(p *probe) {
			u := p.user(doc{"title": worldly})
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name)+" and title eq "+quoted(worldly)).status(200).is("Resources/0/id", u.id)
		}).needs("title"),
		should("7644-7.8-01", "Case does not count outside ASCII either.", func(p *probe) {
			u := p.user(doc{"title": "Ångström Ελένη"})
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(u.name)+` and title eq "ÅNGSTRÖM ΕΛΈΝΗ"`).status(200).is("Resources/0/id", u.id)
		}).needs("title"),
		should("7644-3.4.2.2-33", "An e-mail address is found by the name of its attribute alone.", func(p *probe) {
			p.finds(`emails co "@home."`, "ada", "cyd", "eve")
		}).needs("emails.value"),
		should("7644-3.4.2.2-34", "A filter on schemas finds the resources that have an extension.", func(p *probe) {
			p.finds(`schemas eq "`+enterpriseURN+`"`, "ada", "ben", "cyd", "dov")
		}).when(Enterprise).needs("enterprise:department"),
		must("7644-3.4.2.2-35", "Groups are found by displayName.", func(p *probe) {
			g := p.group()
			p.query(p.groups.endpoint, "filter", "displayName eq "+quoted(g.name)).status(200).is("totalResults", 1).is("Resources/0/id", g.id)
		}).when(Groups),
		should("7644-3.4.2.2-36", "Groups are found by a member.", func(p *probe) {
			u := p.user(nil)
			g := p.group(u)
			p.query(p.groups.endpoint, "filter", "members.value eq "+quoted(u.id)).status(200).is("totalResults", 1).is("Resources/0/id", g.id)
		}).when(Groups).needs("group:members.value"),
	)
}

func refusedFilters() []Requirement {
	refusing := func(filters ...string) func(*probe) {
		return func(p *probe) {
			for _, f := range filters {
				p.query(p.users.endpoint, "filter", f).refused(400, "invalidFilter")
			}
		}
	}
	return area("Refused filters", []Feature{Filter},
		must("7644-3.4.2.2-37", "An operator that does not exist answers 400 invalidFilter.", refusing(`userName like "a"`)),
		must("7644-3.4.2.2-38", "A comparison without a value answers 400 invalidFilter.", refusing(`userName eq`, `userName eq and active eq true`)),
		must("7644-3.4.2.2-39", "Parentheses and brackets that are not closed answer 400 invalidFilter.", refusing(`(userName pr`, `userName pr)`, `emails[type eq "work"`)),
		must("7644-3.4.2.2-40", "A text that is not closed answers 400 invalidFilter.", refusing(`userName eq "a`)),
		must("7644-3.4.2.2-41", "A text without quotes answers 400 invalidFilter.", refusing(`userName eq somebody`)),
		must("7644-3.4.2.2-42", "and and or with nothing on one side answer 400 invalidFilter.", refusing(`userName pr and`, `or userName pr`)),
		must("7644-3.4.2.2-43", "gt, ge, lt and le on a boolean answer 400 invalidFilter.",
			refusing(`active gt true`, `active ge true`, `active lt true`, `active le true`)).needs("active"),
		must("7644-3.4.2.2-44", "gt, ge, lt and le on a binary attribute answer 400 invalidFilter.",
			refusing(`x509Certificates.value gt "AA=="`, `x509Certificates.value le "AA=="`)).needs("x509Certificates.value"),
		must("7644-3.4.2.2-45", "An invalid filter within brackets answers 400 invalidFilter.", refusing(`emails[type like "work"]`, `emails[]`)).needs("emails.type"),
	)
}
