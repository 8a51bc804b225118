package storage_test

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/storage/storagetest"
)

// TestEveryStatementFitsTheSchema prepares every SQL constant of the package against the migrated
// schema, so that a misspelt column fails here and not on somebody's evening.
func TestEveryStatementFitsTheSchema(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), storagetest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	statements := constants(t)
	prepared := 0
	for name, sql := range statements {
		words := strings.Fields(sql)
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "select", "insert", "update", "delete", "with":
		default:
			continue
		}
		if name == "userColumns" {
			continue // the beginning of two statements
		}
		if _, err := conn.Prepare(t.Context(), name, sql); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		prepared++
	}
	if prepared < 30 {
		t.Fatalf("only %d statements were found: the test no longer looks where they are", prepared)
	}
}

// constants reads the package's string constants, joined up as the compiler would.
func constants(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	exprs := make(map[string]ast.Expr)
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				value, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for i, name := range value.Names {
					if i < len(value.Values) {
						exprs[name.Name] = value.Values[i]
					}
				}
			}
		}
	}
	texts := make(map[string]string)
	for name, expr := range exprs {
		if text, ok := evaluate(exprs, expr); ok {
			texts[name] = text
		}
	}
	return texts
}

func evaluate(exprs map[string]ast.Expr, expr ast.Expr) (string, bool) {
	switch e := expr.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		return constant.StringVal(constant.MakeFromLiteral(e.Value, token.STRING, 0)), true
	case *ast.Ident:
		named, ok := exprs[e.Name]
		if !ok {
			return "", false
		}
		return evaluate(exprs, named)
	case *ast.BinaryExpr:
		left, ok1 := evaluate(exprs, e.X)
		right, ok2 := evaluate(exprs, e.Y)
		return left + right, ok1 && ok2
	}
	return "", false
}
