package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a query. The error, if any, is an [*Error] that knows its place;
// the query then holds the terms before it, which is what a completion needs.
func Parse(text string) (Query, error) {
	p := parser{source: text, fields: Fields(), query: Query{Source: text}}
	if err := p.parse(); err != nil {
		err.Character = 1 + utf8.RuneCountInString(text[:err.Offset])
		return p.query, err
	}
	return p.query, nil
}

// parser reads its source once, from front to back.
type parser struct {
	source string
	at     int // how far it has read, in bytes
	fields []FieldInfo
	query  Query
}

func (p *parser) parse() *Error {
	if err := p.checkSource(); err != nil {
		return err
	}
	for p.skipSpace(); p.at < len(p.source); p.skipSpace() {
		if len(p.query.Terms)+len(p.query.Sort) == MaxTerms {
			return &Error{Code: CodeTooManyTerms, Offset: p.at, Length: len(p.source) - p.at, Args: args{"limit": MaxTerms}}
		}
		if err := p.term(); err != nil {
			return err
		}
	}
	return nil
}

// checkSource refuses what no search can need: endless text, and characters
// that nobody can type or see.
func (p *parser) checkSource() *Error {
	if len(p.source) > MaxBytes {
		end := MaxBytes
		for end > 0 && !utf8.RuneStart(p.source[end]) {
			end--
		}
		return &Error{Code: CodeTooLong, Offset: end, Length: len(p.source) - end, Args: args{"limit": MaxBytes}}
	}
	for i, r := range p.source {
		_, size := utf8.DecodeRuneInString(p.source[i:])
		if r == utf8.RuneError && size == 1 || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return &Error{Code: CodeNotText, Offset: i, Length: size}
		}
	}
	return nil
}

// term reads one condition or sort key.
func (p *parser) term() *Error {
	begin := p.at
	negated := p.take("-")
	if p.atEndOfWord() {
		return &Error{Code: CodeEmptyTerm, Offset: begin, Length: p.at - begin}
	}
	term := Term{Field: Text, Op: OpIs, Negated: negated, Offset: begin}
	if p.peek() == '"' {
		phrase, err := p.quotedToken()
		if err != nil {
			return err
		}
		term.Op, term.Values = OpPhrase, []Value{phrase.value()}
		return p.finish(term)
	}

	word := p.word()
	name, isField := fieldName(word)
	switch {
	case isField:
		return p.fieldTerm(term, name)
	case isNumberTerm(word):
		number, _ := lookup(p.fields, string(Number))
		value, err := number.read(number, token{text: word, offset: p.at, length: len(word)})
		if err != nil {
			return err
		}
		term.Field, term.Values = Number, []Value{value}
	default:
		term.Values = []Value{{Text: word, Offset: p.at, Length: len(word)}}
	}
	p.at += len(word)
	return p.finish(term)
}

// fieldTerm reads a term that begins with a name and a colon.
func (p *parser) fieldTerm(term Term, name string) *Error {
	field, known := lookup(p.fields, name)
	if !known {
		return unknownField(p.fields, name, p.at)
	}
	nameAt := p.at
	p.at += len(name) + len(":")
	if field.Name == Sort {
		return p.sortKeys(term, field)
	}
	term.Field, term.Op = field.Name, p.operator()
	if err := checkOperator(field, term.Op, nameAt, p.at); err != nil {
		return err
	}
	for {
		value, err := p.value(field, "|")
		if err != nil {
			return err
		}
		term.Values = append(term.Values, value)
		if p.peek() != '|' {
			return p.finish(term)
		}
		if term.Op != OpIs {
			return &Error{
				Code: CodeOneValue, Field: field.Name, Offset: p.at, Length: 1,
				Args: args{"field": string(field.Name), "operator": string(term.Op)},
			}
		}
		p.at++
	}
}

// sortKeys reads what follows "sort:", one key or several with commas between.
func (p *parser) sortKeys(term Term, field FieldInfo) *Error {
	if term.Negated {
		return &Error{
			Code: CodeNotNegatable, Field: Sort, Offset: term.Offset, Length: p.at - term.Offset,
			Want: []string{"sort:-" + field.Values[1]},
		}
	}
	for {
		begin := p.at
		descending := p.take("-")
		value, err := p.value(field, ",")
		if err != nil {
			return err
		}
		p.query.Sort = append(p.query.Sort, SortKey{
			Key: value.Text, Descending: descending, Offset: begin, Length: p.at - begin,
		})
		if len(p.query.Terms)+len(p.query.Sort) > MaxTerms {
			return &Error{Code: CodeTooManyTerms, Offset: begin, Length: len(p.source) - begin, Args: args{"limit": MaxTerms}}
		}
		if !p.take(",") {
			return p.checkSeparated()
		}
	}
}

// finish adds a term that ends here.
func (p *parser) finish(term Term) *Error {
	if err := p.checkSeparated(); err != nil {
		return err
	}
	term.Length = p.at - term.Offset
	p.query.Terms = append(p.query.Terms, term)
	return nil
}

// checkSeparated wants a space before the next term: text that touches a
// closing quote is more often a slip than a second term.
func (p *parser) checkSeparated() *Error {
	if p.atEndOfWord() {
		return nil
	}
	return &Error{Code: CodeAfterQuote, Offset: p.at, Length: len(p.word())}
}

// operator reads the longest operator that stands here, or none.
func (p *parser) operator() Op {
	for _, op := range []Op{OpAtLeast, OpAtMost, OpAbove, OpBelow} {
		if p.take(string(op)) {
			return op
		}
	}
	return OpIs
}

// checkOperator refuses an operator, or the lack of one, that the field cannot have.
func checkOperator(field FieldInfo, op Op, begin, end int) *Error {
	var want []string
	for _, allowed := range field.Operators {
		if allowed == op {
			return nil
		}
		if allowed != OpIs {
			want = append(want, string(allowed))
		}
	}
	code := CodeOperator
	if op == OpIs {
		code = CodeNeedsOperator
	} else {
		want = []string{field.Example}
	}
	return &Error{
		Code: code, Field: field.Name, Offset: begin, Length: end - begin,
		Args: args{"field": string(field.Name), "operator": string(op)}, Want: want,
	}
}

// value reads one value of the field, up to a space or the separator.
func (p *parser) value(field FieldInfo, separator string) (Value, *Error) {
	t := token{offset: p.at}
	if p.peek() == '"' {
		var err *Error
		if t, err = p.quotedToken(); err != nil {
			return Value{}, err
		}
		t.star = p.take("*")
	} else {
		t.text, _, _ = strings.Cut(p.word(), separator)
		p.at += len(t.text)
		t.text, t.star = strings.CutSuffix(t.text, "*")
	}
	t.length = p.at - t.offset
	if t.text == "" && !t.star {
		return Value{}, wrongValue(CodeMissingValue, field, t, orExample(field)...)
	}
	return field.read(field, t)
}

// quotedToken reads from an opening quote to behind the closing one. A
// backslash takes the next character as it is.
func (p *parser) quotedToken() (token, *Error) {
	begin := p.at
	var text strings.Builder
	escaped := false
	for i := begin + 1; i < len(p.source); i++ {
		c := p.source[i]
		switch {
		case escaped:
			text.WriteByte(c)
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			p.at = i + 1
			t := token{text: text.String(), quoted: true, offset: begin, length: p.at - begin}
			if strings.TrimSpace(t.text) == "" {
				return token{}, &Error{Code: CodeEmptyTerm, Offset: begin, Length: t.length}
			}
			return t, nil
		default:
			text.WriteByte(c)
		}
	}
	return token{}, &Error{Code: CodeUnclosedQuote, Offset: begin, Length: len(p.source) - begin}
}

// fieldName splits a word like "status:open". A word is only taken for a field
// if a name of two letters or more stands before the colon, and no web address.
func fieldName(word string) (name string, found bool) {
	name, rest, found := strings.Cut(word, ":")
	if !found || len(name) < 2 || strings.HasPrefix(rest, "//") {
		return "", false
	}
	for _, r := range name {
		if r != '_' && (r > unicode.MaxASCII || !unicode.IsLetter(r)) {
			return "", false
		}
	}
	return name, true
}

// word returns the text from here to the next space, without reading it.
func (p *parser) word() string {
	rest := p.source[p.at:]
	if end := strings.IndexFunc(rest, unicode.IsSpace); end >= 0 {
		return rest[:end]
	}
	return rest
}

func (p *parser) skipSpace() {
	p.at = len(p.source) - len(strings.TrimLeftFunc(p.source[p.at:], unicode.IsSpace))
}

// take reads prefix if it stands here.
func (p *parser) take(prefix string) bool {
	if !strings.HasPrefix(p.source[p.at:], prefix) {
		return false
	}
	p.at += len(prefix)
	return true
}

// peek returns the byte that stands here, or 0 at the end.
func (p *parser) peek() byte {
	if p.at == len(p.source) {
		return 0
	}
	return p.source[p.at]
}

func (p *parser) atEndOfWord() bool {
	return p.word() == ""
}
