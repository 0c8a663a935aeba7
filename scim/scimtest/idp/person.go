package idp

import "fmt"

// noManager is the Manager of somebody who reports to nobody.
const noManager = -1

// Person is what the identity provider knows about somebody. Persons are compared
// with ==, so every field is a plain value; "" means that there is none.
type Person struct {
	ObjectID       string // the provider's own id, a UUID
	UserName       string
	Given          string
	Middle         string
	Family         string
	Email          string
	Title          string
	Organization   string
	Division       string
	Department     string
	CostCenter     string
	EmployeeNumber string
	Phone          string // at work
	Mobile         string
	Street         string
	City           string
	Region         string
	PostalCode     string
	Country        string
	Language       string
	TimeZone       string
	Role           string // app role
	Manager        int    // place in the company, or noManager
	Active         bool
}

// Display is the name that people see.
func (p *Person) Display() string { return p.Given + " " + p.Family }

// Formatted is the full name.
func (p *Person) Formatted() string {
	if p.Middle == "" {
		return p.Display()
	}
	return p.Given + " " + p.Middle + " " + p.Family
}

// address is the postal address on one line.
func (p *Person) address() string {
	if p.Street == "" {
		return ""
	}
	return fmt.Sprintf("%s, %s %s, %s", p.Street, p.PostalCode, p.City, p.Country)
}

// Group is a group of the company. Members are places in Company.People,
// ascending.
type Group struct {
	ObjectID string
	Name     string
	Members  []int
}
