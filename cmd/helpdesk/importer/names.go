package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// Limits of core for what is made of names.
const (
	maxCode     = 40
	maxUsername = 32
	maxName     = 100
)

// kind is the log's two levels of categories.
type kind struct{ category, subcategory string }

func kindOf(e *entry) kind { return kind{e.values[colCategory], e.values[colSubcategory]} }

// parent is the kind's upper level.
func (k kind) parent() parentKind { return parentKind(k.category) }

// code is the category's code. Nothing is filed under an upper level itself, so what has no
// subcategory has a lower level all the same.
func (k kind) code() string {
	lower := "other"
	if k.subcategory != "" {
		lower = slug(k.subcategory, maxCode)
	}
	return fit(k.parent().code()+"."+lower, maxCode, false)
}

func (k kind) name() string {
	if k.subcategory == "" {
		return cut(k.parent().name()+", other", maxName)
	}
	return cut(k.subcategory, maxName)
}

type parentKind string

func (p parentKind) code() string {
	if p == "" {
		return "no-category"
	}
	return slug(string(p), maxCode)
}

func (p parentKind) name() string {
	if p == "" {
		return "No category"
	}
	return cut(string(p), maxName)
}

func queueCode(group string) string {
	if group == "" {
		return "no-group"
	}
	return slug(group, maxCode)
}

func queueName(group string) string {
	if group == "" {
		return "No group"
	}
	return cut(group, maxName)
}

var numberedLocation = regexp.MustCompile(`^Location \d{1,20}$`)

// locationCode is what could stand on the door: LOC143 for "Location 143"; "" for nowhere.
func locationCode(name string) string {
	if name == "" {
		return ""
	}
	if number, ok := strings.CutPrefix(name, "Location "); ok && numberedLocation.MatchString(name) {
		return "LOC" + number
	}
	return strings.ToUpper(slug(name, maxCode))
}

// username is the login name of somebody the log names.
func username(name string) string {
	s := slug(name, maxUsername)
	if s[0] < 'a' || s[0] > 'z' {
		s = fit("p-"+s, maxUsername, false)
	}
	if len(s) < 2 {
		s += "-1"
	}
	return s
}

// slug makes a name easy to type: small letters, digits and dashes. A name that loses something on
// the way gets a few digits of its digest, so that two names stay two.
func slug(name string, most int) string {
	var b strings.Builder
	lossy, gap := false, false
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
		default:
			lossy = lossy || r != ' '
			gap = true
		}
	}
	return fit(b.String(), most, lossy || b.Len() == 0, name)
}

// fit cuts a code to its length. What is cut, or marked lossy, ends with digits of its digest.
func fit(code string, most int, lossy bool, of ...string) string {
	const digits = 6
	if len(code) <= most && !lossy {
		return code
	}
	sum := sha256.Sum256([]byte(code + "\x00" + strings.Join(of, "\x00")))
	tail := hex.EncodeToString(sum[:])[:digits]
	if code == "" {
		return "x" + tail
	}
	return strings.TrimRight(code[:min(len(code), most-digits-1)], "-.") + "-" + tail
}
