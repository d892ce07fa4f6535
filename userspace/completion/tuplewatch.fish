# SPDX-License-Identifier: GPL-2.0
# Completion for fish. The words come from the reader: "tuplewatch complete WORD..." says what the last can become.

function __tuplewatch_offers
    set -l typed (commandline -ct)
    set -l words (commandline -opc)

    for line in (command tuplewatch complete $words[2..] "$typed" 2>/dev/null)
        switch $line
            case ':files*'
                __fish_complete_path "$typed"
            case ':directories*'
                __fish_complete_directories "$typed"
            case ':archives*'
                __fish_complete_directories "$typed"
                __fish_complete_suffix .tar
            case ':commands*'
                # what that command takes, too
                __fish_complete_subcommand --fcs-skip=(contains -i run $words)
            case '*'
                echo $line
        end
    end
end

complete -c tuplewatch -f -a '(__tuplewatch_offers)'
