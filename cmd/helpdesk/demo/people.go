package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"helpdesk.campus/core"
)

// Password is what everybody who can sign in to the demo signs in with.
const Password = "welcome to campus"

// Person is somebody one can be in the demo.
type Person struct {
	Username string
	Password string
	Role     string
	Words    string // who they are
}

// People lists whom one can sign in as.
func People() []Person {
	var list []Person
	for _, m := range staff() {
		if m.words != "" {
			list = append(list, Person{Username: m.username, Password: Password, Role: string(m.role), Words: m.words})
		}
	}
	for _, r := range reporters() {
		if r.words != "" {
			list = append(list, Person{Username: r.username, Password: Password, Role: string(core.RoleReporter), Words: r.words})
		}
	}
	return list
}

// member is a member of staff with the queues they work; those with words can be signed in as.
type member struct {
	username, name string
	role           core.Role
	leads, works   string // codes of queues
	words          string
}

func staff() []member {
	return []member{
		{"maren", "Maren Holt", core.RoleAdmin, "", "it-support", "admin; also works IT support"},
		{"tomas", "Tomáš Novák", core.RoleAdmin, "", "facilities", ""},
		{"priya", "Priya Raman", core.RoleStaff, "it-support", "network", "leads IT support, works network"},
		{"jonas", "Jonas Weber", core.RoleStaff, "", "it-support network", ""},
		{"xiaoyu", "Lin Xiaoyu 林晓雨", core.RoleStaff, "network", "", ""},
		{"rosa", "Rosa Delgado", core.RoleStaff, "facilities", "", "leads facilities"},
		{"kwame", "Kwame Mensah", core.RoleStaff, "", "facilities housing", ""},
		{"fatima", "Fatima El Idrissi", core.RoleStaff, "housing", "", ""},
		{"oliver", "Oliver Brandt", core.RoleStaff, "services", "", ""},
		{"noor", "Noor Haddad", core.RoleStaff, "", "services conduct", ""},
		{"grace", "Grace Adeyemi", core.RoleStaff, "conduct", "", "leads student conduct, which is confidential"},
	}
}

// caller is somebody with an account who reports.
type caller struct{ username, name, words string }

func reporters() []caller {
	return []caller{
		{"amara", "Amara Okonkwo", "student in Dormitory East"},
		{"diego", "Diego Fuentes", "exchange student, writes in Spanish"},
		{"lucia", "Lucía Ibáñez", ""},
		{"yusuf", "يوسف حمدان", ""},
		{"wei", "Zhang Wei 张伟", ""},
		{"kenji", "Kenji Mori", ""},
		{"sofia", "Sofia Rossi", ""},
		{"hannah", "Hannah Lindqvist", ""},
		{"ines", "Inês Carvalho", ""},
		{"rahul", "Rahul Deshmukh", ""},
		{"olena", "Olena Kovalenko", ""},
		{"thandi", "Thandiwe Dlamini", ""},
		{"mehmet", "Mehmet Yıldız", ""},
		{"aoife", "Aoife Ní Bhriain", ""},
		{"nguyen", "Nguyễn Minh Anh", ""},
		{"piotr", "Piotr Wiśniewski", ""},
		{"leila", "Leila Farahani", ""},
		{"samuel", "Samuel Abebe", ""},
		{"chloe", "Chloé Marchand", ""},
		{"bjorn", "Bjørn Aasen", ""},
		{"dimitra", "Dimitra Παππά", ""},
		{"jamal", "Jamal Washington", ""},
		{"ruth", "Ruth Goldberg", ""},
		{"ananya", "Ananya Iyer", ""},
		{"tama", "Tama Ngata", ""},
		{"emilia", "Emilia Virtanen", ""},
	}
}

// addPeople makes everybody's account. Only those one can be have a password: hashing one takes time.
func (c *campus) addPeople(ctx context.Context, desk *core.Desk) error {
	add := func(username, name string, role core.Role, known bool) (core.User, error) {
		in := core.NewUser{Username: username, Name: name, Email: username + "@campus.example", Role: role}
		if known {
			in.Password = Password
		}
		return desk.AddUser(ctx, core.Operator(), in)
	}
	for _, m := range staff() {
		u, err := add(m.username, m.name, m.role, m.words != "")
		if err != nil {
			return fmt.Errorf("add %s: %w", m.username, err)
		}
		leads := strings.Fields(m.leads)
		for _, code := range slices.Concat(leads, strings.Fields(m.works)) {
			if err := desk.Join(ctx, core.Operator(), u.ID, c.queues[code].ID, slices.Contains(leads, code)); err != nil {
				return fmt.Errorf("let %s join %s: %w", m.username, code, err)
			}
			c.teams[code] = append(c.teams[code], u)
		}
	}
	for _, r := range reporters() {
		u, err := add(r.username, r.name, core.RoleReporter, r.words != "")
		if err != nil {
			return fmt.Errorf("add %s: %w", r.username, err)
		}
		c.reporters = append(c.reporters, u)
	}
	return nil
}
