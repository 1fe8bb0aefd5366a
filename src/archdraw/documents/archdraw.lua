-- Draws the pictures of a document with archdraw:
--   pandoc --lua-filter "$(archdraw pandoc)" paper.md -o paper.pdf
-- ARCHDRAW is the program, where it is not the one that the shell finds.
local program = os.getenv("ARCHDRAW") or "archdraw"

function Pandoc(document)
  local words = { "pandoc", "--to", FORMAT, "--" }
  for _, file in ipairs(PANDOC_STATE.input_files) do
    words[#words + 1] = file
  end
  return pandoc.utils.run_json_filter(document, program, words)
end
