package idp

// name is a part of a person's name as written at home, and as it goes into an
// address.
type name struct{ native, ascii string }

var givenNames = []name{
	{"Ada", "ada"}, {"Zoë", "zoe"}, {"José", "jose"}, {"Łukasz", "lukasz"}, {"Søren", "soren"}, {"Aoife", "aoife"},
	{"Nguyệt", "nguyet"}, {"Yūki", "yuki"}, {"伟", "wei"}, {"Olena", "olena"}, {"Мария", "maria"}, {"Mehmet", "mehmet"},
	{"Ayşe", "ayse"}, {"Chidi", "chidi"}, {"Ngozi", "ngozi"}, {"Priya", "priya"}, {"Arjun", "arjun"}, {"فاطمة", "fatima"},
	{"Omar", "omar"}, {"Noa", "noa"}, {"Sinéad", "sinead"}, {"Björn", "bjorn"}, {"Ingrid", "ingrid"}, {"Matteo", "matteo"},
	{"Chiara", "chiara"}, {"João", "joao"}, {"Beatriz", "beatriz"}, {"François", "francois"}, {"Amélie", "amelie"}, {"Kwame", "kwame"},
	{"Wanjirũ", "wanjiru"}, {"Sofía", "sofia"}, {"Dmitri", "dmitri"}, {"Zsófia", "zsofia"}, {"Eleni", "eleni"}, {"민준", "minjun"},
	{"Jiří", "jiri"}, {"Grace", "grace"}, {"Malia", "malia"}, {"Tamsin", "tamsin"}, {"Anne-Marie", "anne-marie"}, {"Rūta", "ruta"},
}

var familyNames = []name{
	{"Lindqvist", "lindqvist"}, {"O'Brien", "obrien"}, {"García Márquez", "garciamarquez"}, {"Kowalczyk", "kowalczyk"}, {"Jørgensen", "jorgensen"},
	{"Trần", "tran"}, {"Ōtani", "otani"}, {"王", "wang"}, {"Шевченко", "shevchenko"}, {"Yılmaz", "yilmaz"}, {"Okonkwo", "okonkwo"},
	{"Raghunathan", "raghunathan"}, {"السيد", "elsayed"}, {"Ben-David", "ben-david"}, {"Ní Dhomhnaill", "nidhomhnaill"}, {"Müller", "mueller"},
	{"Großmann", "grossmann"}, {"D'Angelo", "dangelo"}, {"Conceição", "conceicao"}, {"Lefèvre", "lefevre"}, {"Mensah", "mensah"}, {"Kamau", "kamau"},
	{"Ibáñez", "ibanez"}, {"Volkov", "volkov"}, {"Szabó", "szabo"}, {"Papadopoulou", "papadopoulou"}, {"김", "kim"}, {"Dvořák", "dvorak"},
	{"van der Berg", "vanderberg"}, {"Kahananui", "kahananui"}, {"Fitzgerald-Hughes", "fitzgerald-hughes"}, {"Petrauskaitė", "petrauskaite"},
	{"Hernández", "hernandez"}, {"Svensson", "svensson"}, {"Haddad", "haddad"}, {"Ito", "ito"}, {"Novak", "novak"}, {"Achterberg", "achterberg"},
}

// department is a part of the company and the titles people have in it; the first
// title is its head's.
type department struct {
	name, division, costCenter string
	titles                     []string
}

var departments = []department{
	{"Engineering", "Product", "4100", []string{"VP Engineering", "Software Engineer", "Senior Software Engineer", "Site Reliability Engineer", "QA Engineer"}},
	{"Design", "Product", "4200", []string{"Head of Design", "Product Designer", "UX Researcher"}},
	{"Sales", "Go-to-market", "5100", []string{"VP Sales", "Account Executive", "Sales Engineer", "Sales Development Rep"}},
	{"Customer Success", "Go-to-market", "5200", []string{"Head of Customer Success", "Customer Success Manager", "Support Specialist"}},
	{"Finance", "Operations", "6100", []string{"CFO", "Accountant", "Financial Analyst"}},
	{"People & Culture", "Operations", "6200", []string{"Chief People Officer", "Recruiter", "People Partner"}},
	{"Legal", "Operations", "6300", []string{"General Counsel", "Legal Counsel", "Contracts Manager"}},
}

// office is where people work.
type office struct {
	street, city, region, postalCode, country string // country: ISO 3166-1 alpha-2
	language, timeZone, dialling              string
}

var offices = []office{
	{"Chausseestraße 21", "Berlin", "BE", "10115", "DE", "de-DE", "Europe/Berlin", "+49 30"},
	{"Strandgade 7", "København K", "Hovedstaden", "1401", "DK", "da-DK", "Europe/Copenhagen", "+45 33"},
	{"415 Mission Street", "San Francisco", "CA", "94105", "US", "en-US", "America/Los_Angeles", "+1 415"},
	{"Rua Augusta 1508", "São Paulo", "SP", "01304-001", "BR", "pt-BR", "America/Sao_Paulo", "+55 11"},
	{"12 Residency Road", "Bengaluru", "KA", "560025", "IN", "en-IN", "Asia/Kolkata", "+91 80"},
	{"丸の内 2-4-1", "東京", "東京都", "100-6390", "JP", "ja-JP", "Asia/Tokyo", "+81 3"},
}

// organisation is a made-up company. Its domain cannot exist (RFC 2606).
type organisation struct{ name, domain string }

var organisations = []organisation{
	{"Nordlys Freight", "nordlys-freight.example"},
	{"Harbour & Vale", "harbour-vale.example"},
	{"Quillfeather Press", "quillfeather.example"},
	{"Brightwater Dental", "brightwater-dental.example"},
	{"Tessellate Robotics", "tessellate.example"},
	{"Olivegrove Foods", "olivegrove.example"},
}

var projects = []string{"Aurora", "Borealis", "Cormorant", "Dovetail", "Ember", "Foxglove", "Gannet", "Heliotrope", "Isthmus", "Juniper", "Kestrel", "Lodestar"}

// roles are app roles, as Entra assigns them.
var roles = []string{"Editor", "Reader", "Billing Admin"}
