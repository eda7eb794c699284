/** The script that `kubectl completion bash` prints: it asks `kubectl __complete` for what may come next. */
export const bashScript = `# bash completion for kubectl: source it, as in "source <(kubectl completion bash)".
__kubectl_complete() {
    local words=("\${COMP_WORDS[@]:1:COMP_CWORD}") line
    COMPREPLY=()
    while IFS= read -r line; do
        [[ -n $line ]] && COMPREPLY+=("$line")
    done < <("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null)
}
complete -o default -F __kubectl_complete kubectl
`
