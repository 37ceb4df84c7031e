# SPDX-License-Identifier: GPL-2.0
# fish completion for hvctl. The candidates come from hvctl itself.

function __hvctl_offer
    set -l words (commandline -opc)
    set -l current (commandline -ct)

    for line in (hvctl --complete (count $words) $words "$current" 2>/dev/null)
        # Files are the shell's own affair.
        if test "$line" = @file
            __fish_complete_suffix "$current" .hv
        else
            echo $line
        end
    end
end

# Kept in the order they come in: files that fit before others.
complete -k -c hvctl -f -a '(__hvctl_offer)'
