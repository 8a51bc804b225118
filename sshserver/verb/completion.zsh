# helpdesk: a command for ssh @HOST@, with completion of verbs, tickets, people, places, queries and views.
# eval "$(ssh @HOST@ completion zsh)"
: "${HELPDESK_SSH:=ssh @HOST@}"
helpdesk() { ${=HELPDESK_SSH} "$@"; }
_helpdesk() {
	local -a offers
	offers=("${(@f)$(${=HELPDESK_SSH} complete "${(j: :)words[2,CURRENT]}" </dev/null 2>/dev/null)}")
	offers=(${offers:#})
	compadd -S '' -- ${(M)offers:#*:}
	compadd -- ${offers:#*:}
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _helpdesk helpdesk
