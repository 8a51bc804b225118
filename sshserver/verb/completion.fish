# helpdesk: a command for ssh @HOST@, with completion of verbs, tickets, people, places, queries and views.
# ssh @HOST@ completion fish | source
set -q HELPDESK_SSH; or set -g HELPDESK_SSH ssh @HOST@
function helpdesk
    $HELPDESK_SSH $argv
end
function __helpdesk
    set -l words (commandline -opc)
    $HELPDESK_SSH complete (string join ' ' -- $words[2..] (commandline -ct)) </dev/null 2>/dev/null
end
complete -c helpdesk -f -a '(__helpdesk)'
