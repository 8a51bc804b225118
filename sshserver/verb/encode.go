package verb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// encode is a record as one line of JSON. Its fields stand in the order of the shape; lists that a verb does not fill
// are left out, and a time that is none is null.
func encode(shape Shape, r record) []byte {
	var out bytes.Buffer
	out.WriteByte('{')
	first := true
	for i, value := range r {
		f := shape.Fields[i]
		if f.list && value == nil {
			continue
		}
		if !first {
			out.WriteByte(',')
		}
		first = false
		out.Write(encodeValue(f.Name))
		out.WriteByte(':')
		out.Write(encodeValue(value))
	}
	out.WriteByte('}')
	return out.Bytes()
}

func encodeValue(v any) []byte {
	switch v := v.(type) {
	case records:
		var out bytes.Buffer
		out.WriteByte('[')
		for i, r := range v.list {
			if i > 0 {
				out.WriteByte(',')
			}
			out.Write(encode(v.shape, r))
		}
		out.WriteByte(']')
		return out.Bytes()
	case time.Time:
		if v.IsZero() {
			return []byte("null")
		}
		return encodeValue(v.UTC().Format(time.RFC3339Nano))
	}
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil { // strings, numbers and booleans can all be encoded
		return []byte("null")
	}
	return escapeUnseen(bytes.TrimRight(raw.Bytes(), "\n"))
}

// escapeUnseen writes what a terminal would obey, or a reader not see, as \u escapes: C1 controls, bidi and zero-width
// characters, tags. The encoder has done so with the other controls. Outside of strings JSON has none of them.
func escapeUnseen(raw []byte) []byte {
	if !bytes.ContainsFunc(raw, unseen) {
		return raw
	}
	var out bytes.Buffer
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		switch {
		case !unseen(r):
			out.Write(raw[:n])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		raw = raw[n:]
	}
	return out.Bytes()
}

func unseen(r rune) bool {
	return r >= 0x7f && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}
