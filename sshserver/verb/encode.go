package verb

import (
	"bytes"
	"encoding/json"
	"time"

	"helpdesk.campus/core/plain"
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
	return plain.EscapeJSON(bytes.TrimRight(raw.Bytes(), "\n"))
}
