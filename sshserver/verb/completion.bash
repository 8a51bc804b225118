# helpdesk: a command for ssh @HOST@, with completion of verbs, tickets, people, places, queries and views.
# eval "$(ssh @HOST@ completion bash)"
: "${HELPDESK_SSH:=ssh @HOST@}"
helpdesk() { $HELPDESK_SSH "$@"; }
_helpdesk() {
	local IFS=$' \t\n' typed offers word before
	[[ ${COMP_WORDS[COMP_CWORD]} == [\"\']* ]] && return
	typed=${COMP_LINE:0:COMP_POINT}
	typed=${typed#*[[:space:]]}
	offers=$($HELPDESK_SSH complete "$typed" </dev/null 2>/dev/null)
	IFS=$'\n'
	COMPREPLY=($offers)
	[[ $offers == *: ]] && compopt -o nospace 2>/dev/null
	word=${typed##*[[:space:]]}
	if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then # of which bash replaces what is behind the colon alone
		before=${word%"${word##*:}"}
		COMPREPLY=("${COMPREPLY[@]#"$before"}")
	fi
}
complete -F _helpdesk helpdesk
